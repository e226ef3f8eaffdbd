/**
 * Field tables, in the form that `readFields` takes; fact sheet autotask §4.
 */
export const ticketsFields = `
  id:long ro
  apiVendorID:int ro pick
  assignedResourceID:int ->Resource
  assignedResourceRoleID:int ->Role
  billingCodeID:int ->BillingCode
  changeApprovalBoard:int pick
  changeApprovalStatus:int pick
  changeApprovalType:int pick
  changeInfoField1:str8000
  changeInfoField2:str8000
  changeInfoField3:str8000
  changeInfoField4:str8000
  changeInfoField5:str8000
  companyID:int! ->Company
  companyLocationID:int ->CompanyLocation
  completedByResourceID:int ro ->Resource
  completedDate:dt ro
  configurationItemID:int ->ConfigurationItem
  contactID:int ->Contact
  contractID:int ->Contract
  contractServiceBundleID:long ->ContractServiceBundle
  contractServiceID:long ->ContractService
  createDate:dt ro
  creatorResourceID:int ro ->Resource
  creatorType:int ro nq pick
  currentServiceThermometerRating:int ro pick
  description:str8000
  dueDateTime:dt
  estimatedHours:dbl
  externalID:str50
  firstResponseAssignedResourceID:int ro ->Resource
  firstResponseDateTime:dt ro
  firstResponseDueDateTime:dt ro
  firstResponseInitiatingResourceID:int ro ->Resource
  hoursToBeScheduled:dbl ro
  impersonatorCreatorResourceID:int ro ->Resource
  issueType:int pick
  lastActivityDate:dt ro
  lastActivityPersonType:int ro nq pick
  lastActivityResourceID:int ro ->Resource
  lastCustomerNotificationDateTime:dt ro
  lastCustomerVisibleActivityDateTime:dt ro
  lastTrackedModificationDateTime:dt ro
  monitorID:int
  monitorTypeID:int pick
  opportunityID:int ->Opportunity
  organizationalLevelAssociationID:int ->OrganizationalLevelAssociation
  previousServiceThermometerRating:int ro pick
  priority:int! pick
  problemTicketId:int ->Ticket
  projectID:int ->Project
  purchaseOrderNumber:str50
  queueID:int pick
  resolution:str32000
  resolutionPlanDateTime:dt ro
  resolutionPlanDueDateTime:dt ro
  resolvedDateTime:dt ro
  resolvedDueDateTime:dt ro
  rmaStatus:int pick
  rmaType:int pick
  rmmAlertID:str50 ro
  serviceLevelAgreementHasBeenMet:bool ro
  serviceLevelAgreementID:int pick
  serviceLevelAgreementPausedNextEventHours:dbl ro
  serviceThermometerTemperature:int ro pick
  source:int pick
  status:int! pick
  subIssueType:int pick p:issueType
  ticketCategory:int pick
  ticketNumber:str50 ro
  ticketType:int pick
  title:str255!
  createdByContactID:int ro ->Contact
`;

export const ticketNotesFields = `
  id:long ro
  createDateTime:dt ro
  creatorResourceID:int ro ->Resource
  description:str32000!
  impersonatorCreatorResourceID:int ro ->Resource
  impersonatorUpdaterResourceID:int ro ->Resource
  lastActivityDate:dt ro
  noteType:int! pick
  publish:int! pick
  ticketID:int! co ->Ticket
  title:str250
  createdByContactID:int ro ->Contact
`;

export const ticketCategoriesFields = `
  id:long ro
  displayColorRGB:int
  isActive:bool
  isApiOnly:bool
  isGlobalDefault:bool ro
  name:str30
  nickname:str3
`;

export const ticketCategoryFieldDefaultsFields = `
  id:long ro
  description:str8000 ro
  estimatedHours:dbl ro
  issueTypeID:int ro pick
  organizationalLevelAssociationID:int ro ->OrganizationalLevelAssociation
  priority:int ro pick
  purchaseOrderNumber:str50 ro
  queueID:int ro pick
  resolution:str8000 ro
  serviceLevelAgreementID:int ro pick
  sourceID:int ro pick
  status:int ro pick
  subIssueTypeID:int ro pick
  ticketCategoryID:int ro ->TicketCategory
  ticketTypeID:int ro pick
  title:str255 ro
  workTypeID:int ro pick
`;

export const companiesFields = `
  id:long ro
  additionalAddressInformation:str100
  address1:str128
  address2:str128
  alternatePhone1:str25
  alternatePhone2:str25
  apiVendorID:int ro pick
  assetValue:dbl
  billingAddress1:str150
  billingAddress2:str150
  billToAdditionalAddressInformation:str100
  billToAddressToUse:int pick
  billToAttention:str50
  billToCity:str50
  billToCompanyLocationID:int ->CompanyLocation
  billToCountryID:int
  billToState:str128
  billToZipCode:str50
  city:str30
  classification:int pick
  companyName:str100!
  companyNumber:str50
  companyType:int! pick
  competitorID:int pick
  countryID:int ->Country
  createDate:dt ro
  createdByResourceID:int ro ->Resource
  currencyID:int ->Currency
  fax:str25
  impersonatorCreatorResourceID:int ro
  invoiceEmailMessageID:int
  invoiceMethod:int pick
  invoiceNonContractItemsToParentCompany:bool
  invoiceTemplateID:int
  isActive:bool
  isClientPortalActive:bool ro
  isEnabledForComanaged:bool
  isTaskFireActive:bool ro
  isTaxExempt:bool
  lastActivityDate:dt ro
  lastTrackedModifiedDateTime:dt ro
  marketSegmentID:int pick
  ownerResourceID:int! ->Resource
  parentCompanyID:int ->Company
  phone:str25!
  postalCode:str10
  quoteEmailMessageID:int
  quoteTemplateID:int
  sicCode:str32
  state:str40
  stockMarket:str10
  stockSymbol:str10
  surveyCompanyRating:dbl ro
  taxID:str50
  taxRegionID:int ->TaxRegion
  territoryID:int pick
  webAddress:str255
`;

export const companyLocationsFields = `
  id:long ro
  address1:str128
  address2:str128
  alternatePhone1:str25
  alternatePhone2:str25
  city:str50
  companyID:int! co ->Company
  countryID:int ->Country
  description:str500
  fax:str25
  isActive:bool
  isPrimary:bool
  isTaxExempt:bool
  name:str100!
  overrideAccountTaxSettings:bool
  phone:str25
  postalCode:str20
  roundtripDistance:dbl
  state:str25
  taxRegionID:int ->TaxRegion
`;

export const contactsFields = `
  id:long ro
  additionalAddressInformation:str100
  addressLine:str128
  addressLine1:str128
  alternatePhone:str32
  apiVendorID:int ro pick
  bulkEmailOptOutTime:dt ro
  city:str32
  companyID:int! co ->Company
  companyLocationID:int ->CompanyLocation
  countryID:int ->Country
  createDate:dt ro
  emailAddress:str254
  emailAddress2:str254
  emailAddress3:str254
  extension:str10
  externalID:str50
  facebookUrl:str200
  faxNumber:str25
  firstName:str50!
  impersonatorCreatorResourceID:int ro ->Resource
  isActive:int!
  isOptedOutFromBulkEmail:bool
  lastActivityDate:dt ro
  lastModifiedDate:dt ro
  lastName:str50!
  linkedInUrl:str200
  middleInitial:str50
  mobilePhone:str25
  namePrefix:int pick
  nameSuffix:int pick
  note:str50
  phone:str25
  primaryContact:bool
  receivesEmailNotifications:bool
  roomNumber:str50
  solicitationOptOut:bool
  solicitationOptOutTime:dt ro
  state:str40
  surveyOptOut:bool
  title:str50
  twitterUrl:str200
  zipCode:str16
`;

export const classificationIconsFields = `
  id:long ro
  description:str100 ro
  isActive:bool ro
  isSystem:bool ro
  name:str35 ro
  relativeUrl:str100 ro
`;

export const contractsFields = `
  id:long ro
  billingPreference:int pick
  billToCompanyContactID:int ->Contact
  billToCompanyID:int ->Company
  companyID:int! co ->Company
  contactID:int ->Contact
  contactName:str250
  contractCategory:int pick
  contractExclusionSetID:int ->ContractExclusionSet
  contractName:str100!
  contractNumber:str50
  contractPeriodType:int co pick
  contractType:int! co pick
  description:str2000
  endDate:dt!
  estimatedCost:dbl
  estimatedHours:dbl
  estimatedRevenue:dbl
  exclusionContractID:long ro ->Contract
  internalCurrencyOverageBillingRate:dbl ro
  internalCurrencySetupFee:dbl ro
  isCompliant:bool
  isDefaultContract:bool
  opportunityID:int ->Opportunity
  organizationalLevelAssociationID:int ->OrganizationalLevelAssociation
  overageBillingRate:dbl
  purchaseOrderNumber:str50
  renewedContractID:long ->Contract
  serviceLevelAgreementID:int pick
  setupFee:dbl
  setupFeeBillingCodeID:long ->BillingCode
  startDate:dt!
  status:int! pick
  timeReportingRequiresStartAndStopTimes:int! pick
`;

export const servicesFields = `
  id:long ro
  billingCodeID:int! ->BillingCode
  catalogNumberPartNumber:str50
  createDate:dt ro
  creatorResourceID:int ro ->Resource
  description:str400
  externalID:str50
  internalID:str50
  invoiceDescription:str1000
  isActive:bool
  lastModifiedDate:dt ro
  manufacturerServiceProvider:str50
  manufacturerServiceProviderProductNumber:str50
  markupRate:dbl ro
  name:str150!
  periodType:int! co pick
  serviceLevelAgreementID:long pick
  sku:str50
  unitCost:dbl
  unitPrice:dbl!
  updateResourceID:int ro ->Resource
  url:str500
  vendorCompanyID:int ->Company
`;
