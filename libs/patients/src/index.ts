/**
 * Patients: an organisation's numbers for people, and the one person behind several numbers. Two members' patients are one person only
 * on an equal, checksum-valid ID-card number (GB 11643-1999).
 */
export { maskIdCard, validIdCard } from './domain/id-card.js';
export { namePatterns, nameSpellings, wordSounds, type NamePatterns } from './domain/name-search.js';
export { identityFingerprint, type Patient, type PatientFacts } from './domain/patient.js';
export { PatientsModule } from './patients.module.js';
export { PatientsRepository, type PatientFilter } from './patients.repository.js';
