CREATE INDEX flow_peer on flow (peer)
CREATE INDEX flow_subject on flow (subject)
CREATE INDEX membership_asset on membership (asset)
CREATE INDEX observation_subject on observation (source, subject)
CREATE TABLE asset (id text primary key, record blob not null, identification blob, findings blob) without rowid
CREATE TABLE decision (id integer primary key, kind text not null, left_side text not null, right_side text not null, decided_by text not null, decided_on text not null, reason text not null)
CREATE TABLE flow (id text not null unique, source text not null, subject text not null, peer text not null, transport text not null, port integer not null, bytes_out integer not null, bytes_in integer not null, packets_out integer not null, packets_in integer not null, first_seen real not null, last_seen real not null, locator text not null)
CREATE TABLE heading (heading text primary key, field text not null) without rowid
CREATE TABLE issue (source text not null, place text not null, reason text not null, next_step text not null, severity text not null, unique (source, place, reason))
CREATE TABLE membership (source text not null, subject text not null, asset text not null, primary key (source, subject)) without rowid
CREATE TABLE meta (key text primary key, value text not null) without rowid
CREATE TABLE observation (id text not null, source text not null, subject text not null, attribute text not null, value text not null, locator text not null, first_seen real, last_seen real, count integer not null)
CREATE TABLE place (number integer primary key, asset text not null)
CREATE TABLE replaced (source text primary key) without rowid
CREATE TABLE source (id text primary key, complete integer not null, sha256 text not null, record blob not null) without rowid
CREATE TABLE tally (source text primary key, record blob not null) without rowid
CREATE UNIQUE INDEX observation_id on observation (id)
