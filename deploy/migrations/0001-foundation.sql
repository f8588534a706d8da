-- What every stage stands on: organisations and people, the audit, the outbox, the log of state transitions.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;

CREATE TABLE organisation (
  code text PRIMARY KEY CHECK (code ~ '^[a-z0-9-]+$'),
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('county', 'township', 'network'))
);

CREATE TABLE account (
  id uuid PRIMARY KEY,
  username text NOT NULL UNIQUE,
  display_name text NOT NULL,
  organisation text NOT NULL REFERENCES organisation,
  duties text[] NOT NULL,
  specialities text[] NOT NULL DEFAULT '{}',
  password_hash text NOT NULL,
  failed_logins int NOT NULL DEFAULT 0,
  locked_until timestamptz,
  certificate_pem text,
  encrypted_key text,
  key_algorithm text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_client (
  client_id text PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation,
  duties text[] NOT NULL,
  secret_hash text NOT NULL
);

CREATE TABLE application_entity (
  ae_title text PRIMARY KEY,
  organisation text NOT NULL REFERENCES organisation
);

CREATE TABLE web_session (
  token_hash text PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES account,
  csrf_token text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE access_token (
  token_hash text PRIMARY KEY,
  client_id text NOT NULL REFERENCES api_client,
  expires_at timestamptz NOT NULL
);

-- The built-in test authority; a hospital's own CA takes its place through the signer port.
CREATE TABLE test_authority (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  certificate_pem text NOT NULL,
  key_pem text NOT NULL
);

CREATE TABLE audit_record (
  id bigserial PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  organisation text,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  patient_id uuid,
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_record_patient ON audit_record (patient_id, at);
CREATE INDEX audit_record_actor ON audit_record (actor_id, at);
CREATE TRIGGER audit_record_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_record
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE outbox_event (
  id bigserial PRIMARY KEY,
  name text NOT NULL,
  key text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  relayed_at timestamptz
);
CREATE INDEX outbox_event_new ON outbox_event (id) WHERE relayed_at IS NULL;

CREATE TABLE outbox_delivery (
  event_id bigint NOT NULL REFERENCES outbox_event,
  reaction text NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  touched_at timestamptz NOT NULL DEFAULT now(),
  last_error text,
  done_at timestamptz,
  failed_at timestamptz,
  PRIMARY KEY (event_id, reaction)
);
CREATE INDEX outbox_delivery_open ON outbox_delivery (event_id) WHERE done_at IS NULL AND failed_at IS NULL;

CREATE TABLE state_transition (
  id bigserial PRIMARY KEY,
  machine text NOT NULL,
  subject_id uuid NOT NULL,
  from_state text,
  to_state text NOT NULL,
  event text NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX state_transition_subject ON state_transition (subject_id, id);
CREATE TRIGGER state_transition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON state_transition
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
