import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { JourneyDefinition } from '../../../../../contracts/journeys/journey.schema.ts';
import type { SimulationRequest } from '../../../../../contracts/journeys/journeys-api.schema.ts';
import type { SimulationScript } from '../../../../../contracts/journeys/simulation.schema.ts';
import { graphOf } from '../../../../../domain/journeys/graph.ts';
import { kindOf } from '../../../../../domain/journeys/nodes/node-kinds.ts';
import { samplePersonOf } from '../../../../../domain/journeys/simulation/sample-person.ts';
import { simulateJourney, testSimulatedMail } from '../../../api/journeys.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { PersonInput } from '../../../entities/person/person-input.tsx';
import { JsonField, readJsonObject } from '../../../entities/answer/json-field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import classes from '../journeys.module.css';
import { ScriptField } from './script-field.tsx';
import { SimulationResult } from './simulation-result.tsx';

/** What would happen to a person: the production interpreter on a virtual clock. Nothing is sent. */
export function SimulateTab({ slug, definition }: { slug: string; definition: JourneyDefinition }) {
  const { t } = useLingui();
  const nodes = [...graphOf(definition).places.values()].map(({ node }) => node);
  const [sample] = useState(() => samplePersonOf(definition));
  const [person, setPerson] = useState(() => JSON.stringify(sample.contact, null, 2));
  const [externalId, setExternalId] = useState('');
  const [properties, setProperties] = useState(() => JSON.stringify(sample.entry, null, 2));
  const [choices, setChoices] = useState<Record<string, string>>({});
  const choose = (id: string, value: string): void => setChoices({ ...choices, [id]: value });
  const wrong = { person: externalId === '' && !readJsonObject(person), properties: !readJsonObject(properties) };
  const run = useMutation({
    mutationFn: (what: SimulationRequest) => simulateJourney(slug, what),
  });
  const result = useRef<HTMLDivElement>(null);
  useEffect(() => {
    result.current?.scrollIntoView({ block: 'nearest' });
  }, [run.data]);
  return (
    <div className={`${classes.part} ${classes.two}`}>
      <Panel title={<Trans>What if</Trans>}>
        <form
          className={`${classes.form} ${classes.padded}`}
          onSubmit={(event) => {
            event.preventDefault();
            run.mutate({
              definition,
              ...(externalId.trim() === '' ? { contact: JSON.parse(person) } : { externalId: externalId.trim() }),
              script: scriptOf(definition, choices, JSON.parse(properties)),
            });
          }}
        >
          <PersonInput
            label={t`External id of a real person`}
            description={t`Leave empty for a made-up one`}
            value={externalId}
            onChange={setExternalId}
          />
          {externalId === '' && (
            <JsonField label={t`Facts of the made-up person`} value={person} onChange={setPerson} />
          )}
          <JsonField
            label={t`Properties of the entry event`}
            value={properties}
            onChange={setProperties}
            minRows={1}
            maxRows={8}
          />
          {nodes.map((node) => (
            <ScriptField
              key={node.id}
              node={node}
              value={choices[node.id] ?? ''}
              onChange={(value) => choose(node.id, value)}
            />
          ))}
          <Refusal error={run.error} />
          <Button type="submit" variant="filled" loading={run.isPending} disabled={wrong.person || wrong.properties}>
            <Trans>Simulate</Trans>
          </Button>
        </form>
      </Panel>
      {run.data ? (
        <div ref={result}>
          <SimulationResult
            answer={run.data}
            sendTest={(of) => testSimulatedMail(slug, { ...run.variables, at: run.data.startedAt, of })}
          />
        </div>
      ) : (
        <p className={`text2 ${classes.padded}`}>
          <Trans>The result shows each step with its virtual time. Nothing is sent, nothing is written.</Trans>
        </p>
      )}
    </div>
  );
}

function scriptOf(
  definition: JourneyDefinition,
  choices: Readonly<Record<string, string>>,
  properties: NonNullable<SimulationScript['entry']>['properties'],
): SimulationScript {
  const nodes = [...graphOf(definition).places.values()].map(({ node }) => node);
  const said = nodes.flatMap((node) => {
    const scripted = kindOf(node).scripted(node);
    const choice = choices[node.id];
    return scripted && choice ? [{ id: node.id, scripted, choice }] : [];
  });
  return {
    entry: properties === undefined ? {} : { properties },
    decisions: Object.fromEntries(
      said
        .filter(({ scripted }) => scripted.kind === 'decision')
        .map(({ id, choice }) => [id, [{ outcome: choice, comment: 'Simulated' }]]),
    ),
    events: said.flatMap(({ scripted, choice }) =>
      scripted.kind === 'event' ? [{ after: choice, name: scripted.name }] : [],
    ),
  };
}
