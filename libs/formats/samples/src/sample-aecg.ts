import { ecgSignal, LEADS, MICROVOLTS_PER_STEP, SAMPLING_HERTZ, SECONDS } from './ecg-signal.js';
import { type SampleFile, type SampleOptions, sampleStudy } from './sample-study.js';

const ACT_CODE = '2.16.840.1.113883.5.4';
const MDC = '2.16.840.1.113883.6.24';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The name as a person would read it: the ideographic group if there is one. */
function plainName(patientName: string): string {
  const [alphabetic = '', ideographic = ''] = patientName.split('=');
  return ideographic === '' ? alphabetic.replaceAll('^', ' ') : ideographic.replaceAll('^', '');
}

function timestampAfter(date: string, time: string, seconds: number): string {
  const at = Date.UTC(
    Number(date.slice(0, 4)),
    Number(date.slice(4, 6)) - 1,
    Number(date.slice(6, 8)),
    Number(time.slice(0, 2)),
    Number(time.slice(2, 4)),
    Number(time.slice(4, 6)) + seconds,
  );
  return `${new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}.000`;
}

function leadSequence(mdc: string, samples: Int16Array): string {
  return `          <component>
            <sequence>
              <code code="${mdc}" codeSystem="${MDC}" codeSystemName="MDC"/>
              <value xsi:type="SLIST_PQ">
                <origin value="0" unit="uV"/>
                <scale value="${MICROVOLTS_PER_STEP}" unit="uV"/>
                <digits>${samples.join(' ')}</digits>
              </value>
            </sequence>
          </component>`;
}

/** The signal of {@link sampleEcg} with the same seed as an HL7 V3 annotated ECG (aECG) document in UTF-8. */
export function sampleAecg(options: SampleOptions = {}): SampleFile[] {
  const study = sampleStudy('ecg', options);
  const low = timestampAfter(study.studyDate, study.studyTime, 0);
  const high = timestampAfter(study.studyDate, study.studyTime, SECONDS);
  const leads = ecgSignal(study.seed).map((samples, index) => leadSequence(LEADS[index]!.mdc, samples));
  const sex = study.sex === 'O' ? 'UN' : study.sex;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <id root="${study.uid('aecg')}"/>
  <code code="93000" codeSystem="2.16.840.1.113883.6.12" codeSystemName="CPT-4"/>
  <effectiveTime><low value="${low}"/><high value="${high}"/></effectiveTime>
  <componentOf>
    <timepointEvent>
      <componentOf>
        <subjectAssignment>
          <subject>
            <trialSubject>
              <id root="${study.uid('patients')}" extension="${escaped(study.patientId)}"/>
              <subjectDemographicPerson>
                <name>${escaped(plainName(study.patientName))}</name>
                <administrativeGenderCode code="${sex}" codeSystem="2.16.840.1.113883.5.1"/>
                <birthTime value="${escaped(study.birthDate)}"/>
              </subjectDemographicPerson>
            </trialSubject>
          </subject>
          <componentOf>
            <clinicalTrial>
              <id root="${study.studyInstanceUid}" extension="${escaped(study.accessionNumber)}"/>
              <location>
                <trialSite>
                  <id root="${study.uid('site')}"/>
                  <location><name>${escaped(study.institution)}</name></location>
                </trialSite>
              </location>
            </clinicalTrial>
          </componentOf>
        </subjectAssignment>
      </componentOf>
    </timepointEvent>
  </componentOf>
  <component>
    <series>
      <id root="${study.uid('aecg', 'series')}"/>
      <code code="RHYTHM" codeSystem="${ACT_CODE}" codeSystemName="ActCode"/>
      <effectiveTime><low value="${low}"/><high value="${high}"/></effectiveTime>
      <author>
        <seriesAuthor>
          <manufacturedSeriesDevice>
            <id root="${study.uid('device')}" extension="QIAO-0001"/>
            <manufacturerModelName>Phantom ECG</manufacturerModelName>
          </manufacturedSeriesDevice>
        </seriesAuthor>
      </author>
      <component>
        <sequenceSet>
          <component>
            <sequence>
              <code code="TIME_ABSOLUTE" codeSystem="${ACT_CODE}" codeSystemName="ActCode"/>
              <value xsi:type="GLIST_TS">
                <head value="${low}"/>
                <increment value="${1 / SAMPLING_HERTZ}" unit="s"/>
              </value>
            </sequence>
          </component>
${leads.join('\n')}
        </sequenceSet>
      </component>
    </series>
  </component>
</AnnotatedECG>
`;
  return [{ filename: 'ECG/0001.xml', bytes: Buffer.from(xml, 'utf8') }];
}
