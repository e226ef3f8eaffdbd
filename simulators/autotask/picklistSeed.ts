/**
 * Picklist values of the simulated tenant. A line is `value label`, with marks behind a `|`: `default`, `inactive`,
 * `system`, `of:N` for the parent value. Numbers from fact sheet autotask §4.2, §4.4, §4.6 and §5.3; the sheet has no
 * numbers for issue types, classifications, markets and service levels, so those are invented.
 */
export const picklistSeed: Record<string, string> = {
  'Tickets.status': `
    1 New | default system
    5 Complete | system
    7 Waiting Customer
    8 In Progress
    9 Waiting Materials
    10 Scheduled
    11 Escalate
    12 Waiting Vendor
    13 Waiting Approval
    15 Customer Note Added
    16 RMM Resolved
    17 Billing Review | inactive`,
  'Tickets.priority': `
    4 Critical
    1 High
    2 Medium | default
    3 Low`,
  'Tickets.ticketType': `
    1 Service Request | default system
    2 Incident | system
    3 Problem | system
    4 Change Request | system
    5 Alert | system`,
  'Tickets.source': `
    -1 Client Portal | system
    2 Phone | default
    4 Email
    6 In Person/Onsite
    7 Fax | inactive
    8 Monitoring Alert | system`,
  'Tickets.queueID': `
    5 Client Portal | system
    6 Post Sale | system
    8 Monitoring Alert | system
    29682833 Level I Support | default
    29682834 Level II Support
    29682835 Security Operations
    29682836 Administration
    29682837 Recurring Tickets | inactive`,
  'Tickets.ticketCategory': `
    3 Standard | default
    2 Datto RMM Alert
    4 Datto Alert
    5 RMA
    6 Datto Networking Alert`,
  'Tickets.issueType': `
    10 Security
    11 E-mail & Identity
    12 Network
    13 Workstation
    14 Server
    15 Telephony | inactive`,
  'Tickets.subIssueType': `
    136 Account takeover | of:10
    137 Malware | of:10
    138 Data leak | of:10
    139 Lost device | of:10 inactive
    140 Suspicious sign-in | of:11
    141 Mailbox rule | of:11
    142 Phishing | of:11
    150 Firewall | of:12
    151 VPN | of:12
    160 Hardware | of:13
    161 Software | of:13
    170 Backup | of:14
    171 Storage | of:14
    180 Desk phone | of:15`,
  'Tickets.serviceLevelAgreementID': `
    1 Standard SLA | default
    2 Premium SLA
    3 Bronze SLA | inactive`,
  'Tickets.creatorType': '1 Resource | system\n2 Contact | system',
  'Tickets.lastActivityPersonType': '1 Resource | system\n2 Contact | system',
  'Tickets.monitorTypeID': '1 Autotask RMM | system',
  'Tickets.rmaStatus': '1 Requested\n2 Received',
  'Tickets.rmaType': '1 Return\n2 Repair',
  'Tickets.changeApprovalBoard': '1 Change Board',
  'Tickets.changeApprovalStatus': '1 Requested\n2 Approved\n3 Rejected',
  'Tickets.changeApprovalType': '1 One approver\n2 All approvers',
  'TicketNotes.noteType': `
    1 Task Summary
    2 Task Detail
    3 Task Notes | default
    4 Meeting Notes | inactive
    13 Workflow Rule Note | system
    15 Duplicate Ticket Note | system
    16 Outsource Workflow Note | system
    17 Survey | system
    18 Client Portal Note | system
    19 Taskfire Note | system
    91 Workflow Rule Action Note | system
    92 Forward/Modify Note | system
    93 Merged Into Ticket | system
    94 Absorbed Another Ticket | system
    95 Copied to Project | system
    99 RMM Note | system
    100 BDR Note | system
    101 E-mail Note | system`,
  'TicketNotes.publish': `
    1 All Autotask Users | default
    2 Internal Users Only
    4 Internal & Co-Managed`,
  'Companies.companyType': `
    1 Customer | default
    2 Lead
    3 Prospect
    4 Dead
    6 Cancellation
    7 Vendor
    8 Partner`,
  'Companies.classification': `
    2 Managed Services
    4 Break/Fix
    9 Project Only
    200 Security Plus
    201 Delinquent | inactive`,
  'Companies.marketSegmentID': `
    29682770 Healthcare
    29682771 Legal
    29682772 Manufacturing
    29682773 Finance
    29682774 Education
    29682775 Public Sector
    29682776 Print Media | inactive`,
  'Companies.territoryID': `
    29682801 North
    29682802 South
    29682803 East
    29682804 West`,
  'Companies.competitorID': '1 In-house IT\n2 Another provider',
  'Companies.invoiceMethod': '1 E-mail\n2 Print',
  'Companies.billToAddressToUse': '1 Company address\n2 Other',
  'Contacts.namePrefix': '1 Mr.\n2 Ms.\n3 Dr.',
  'Contacts.nameSuffix': '1 Jr.\n2 Sr.',
  'Contracts.contractType': `
    1 Time & Materials
    3 Fixed Price
    4 Block Hours
    6 Retainer
    7 Recurring Service
    8 Per Ticket`,
  'Contracts.status': '0 Inactive\n1 Active | default',
  'Contracts.contractCategory': '12 Managed Services\n13 Security',
  'Contracts.contractPeriodType': '1 Monthly | default\n2 Quarterly\n3 Semi-Annual\n4 Yearly',
  'Contracts.billingPreference': '1 Manually\n2 On Approve | default',
  'Contracts.serviceLevelAgreementID': '1 Standard SLA\n2 Premium SLA',
  'Contracts.timeReportingRequiresStartAndStopTimes': '0 No | default\n1 Yes',
  'Services.periodType': '1 Monthly | default\n2 Quarterly\n3 Semi-Annual\n4 Yearly',
  'Services.serviceLevelAgreementID': '1 Standard SLA\n2 Premium SLA',
};
