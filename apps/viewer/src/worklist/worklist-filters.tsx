import { Button, Input, Select, type InputRef } from 'antd';
import type { Ref } from 'react';
import type { Kind, Organisation, Priority } from '../api/types.js';
import { prioritySign } from '../format.js';
import { useText } from '../text/index.js';
import type { WorklistFilter } from './worklist-filter.js';

interface WorklistFiltersProps {
  filter: WorklistFilter;
  change: (part: Partial<WorklistFilter>) => void;
  organisations: readonly Organisation[];
  searchRef: Ref<InputRef>;
  showKeys: () => void;
}

export function WorklistFilters({ filter, change, organisations, searchRef, showKeys }: WorklistFiltersProps) {
  const t = useText();
  const priorities: Priority[] = ['emergency', 'urgent', 'routine'];
  const kinds: Kind[] = ['imaging', 'ecg'];
  const filtered = filter.kind || filter.priority || filter.organisation || filter.search;
  return (
    <div className="filters">
      <Input
        ref={searchRef}
        allowClear
        className="filters-search"
        placeholder={t.worklist.search}
        aria-label={t.worklist.search}
        data-testid="search"
        value={filter.search}
        onChange={(event) => change({ search: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <Select
        className="filters-organisation"
        aria-label={t.worklist.allOrganisations}
        popupMatchSelectWidth={false}
        value={filter.organisation}
        onChange={(organisation) => change({ organisation })}
        options={[
          { value: '', label: t.worklist.allOrganisations },
          ...organisations.map(({ code, name }) => ({ value: code, label: name })),
        ]}
      />
      <Select<Priority | ''>
        aria-label={t.worklist.allPriorities}
        popupMatchSelectWidth={false}
        value={filter.priority}
        onChange={(priority) => change({ priority })}
        options={[
          { value: '', label: t.worklist.allPriorities },
          ...priorities.map((value) => ({ value, label: `${prioritySign[value]} ${t.priority[value]}` })),
        ]}
      />
      <Select<Kind | ''>
        aria-label={t.worklist.allKinds}
        popupMatchSelectWidth={false}
        value={filter.kind}
        onChange={(kind) => change({ kind })}
        options={[
          { value: '', label: t.worklist.allKinds },
          ...kinds.map((value) => ({ value, label: t.kind[value] })),
        ]}
      />
      {filtered && (
        <Button type="link" onClick={() => change({ kind: '', priority: '', organisation: '', search: '' })}>
          {t.worklist.clearFilters}
        </Button>
      )}
      <Button className="filters-keys" type="text" onClick={showKeys} aria-label={t.worklist.keys}>
        ⌨ ?
      </Button>
    </div>
  );
}
