import { describe, expect, it } from 'vitest';
import { readMappingRows } from './mappingFile.ts';
import { readOrganizations } from './organizationImport.ts';
import { readReference, writeReference } from './organizationText.ts';

describe('a reference on the command line', () => {
  it.each([
    ['org-17', { kind: 'id', value: 'org-17' }],
    ['domain:x.example', { kind: 'domain', value: 'x.example' }],
    ['tenantId:1-2', { kind: 'tenantId', value: '1-2' }],
    ['name:Ann @ Home', { kind: 'name', value: 'Ann @ Home' }],
    ['7 @huntress', { kind: 'id', value: '7', source: 'huntress' }],
    ['a:b', { kind: 'id', value: 'a:b' }],
    ['id:domain:x', { kind: 'id', value: 'domain:x' }],
  ])('%s', (text, reference) => {
    expect(readReference(text)).toEqual(reference);
    expect(writeReference(readReference(text))).toBe(text);
  });

  it.each(['', 'domain:', ' '])('%j is refused', (text) => {
    expect(() => readReference(text)).toThrow('is not a reference');
  });
});

describe('a file of organizations', () => {
  it('is a table in which empty cells change nothing', () => {
    const text = 'Name,Refs,Enabled,Tickets,Email,Connection\nA,"x|domain:y",on,,off,default\nB,,,,,\n';
    expect(readOrganizations(text, false)).toEqual([
      {
        name: 'A',
        externalRefs: [
          { kind: 'id', value: 'x' },
          { kind: 'domain', value: 'y' },
        ],
        delivery: { enabled: true, email: false },
        connectionId: null,
      },
      { name: 'B' },
    ]);
  });

  it.each([
    ['name,colour\nA,red', false, 'Column "colour" is not known'],
    ['refs\nx', false, 'Row 2 has no name'],
    ['name,enabled\nA,perhaps', false, 'enabled takes on or off'],
    ['{}', true, 'must hold an array'],
    ['[{}]', true, 'Entry 1 has no name'],
    ['[', true, 'is not JSON'],
  ])('%j is refused', (text, isJson, words) => {
    expect(() => readOrganizations(text, isJson)).toThrow(words);
  });
});

describe('a file of mappings', () => {
  it.each([
    ['organization,account,contact\nA,1,\nB,2,3', false],
    [
      '[{"organization":"A","account":1},{"organization":"B","account":"2","contact":3,"contract":null}]',
      true,
    ],
  ])('%j', (text, isJson) => {
    expect(readMappingRows(text, isJson)).toEqual([
      { organization: 'A', account: '1' },
      { organization: 'B', account: '2', contactId: '3' },
    ]);
  });

  it.each([
    ['organization\nA', false, 'Mapping 1 lacks its account'],
    ['organization,account,colour\nA,1,red', false, '"colour" is not known'],
    ['[1]', true, 'an array of objects'],
  ])('%j is refused', (text, isJson, words) => {
    expect(() => readMappingRows(text, isJson)).toThrow(words);
  });
});
