CREATE TABLE "conflict" (
  id INTEGER NOT NULL,
  workbook VARCHAR NOT NULL,
  tab VARCHAR NOT NULL,
  row_id VARCHAR NOT NULL,
  "column" VARCHAR NOT NULL,
  opinions JSON NOT NULL,
  since DATETIME NOT NULL,
  opened INTEGER NOT NULL,
  settled INTEGER,
  PRIMARY KEY (id)
);
INSERT INTO "conflict" VALUES(1,'team','people','r2','hours','{"a.xlsx": 4, "b.xlsx": 5}','2026-03-02 09:00:00.000000',2,NULL);
CREATE TABLE fact (
  "key" VARCHAR NOT NULL,
  value VARCHAR NOT NULL,
  PRIMARY KEY ("key")
);
INSERT INTO "fact" VALUES('id','64df91a0b3c2');
INSERT INTO "fact" VALUES('format','1');
CREATE TABLE generation (
  workbook VARCHAR NOT NULL,
  number INTEGER NOT NULL,
  run INTEGER NOT NULL,
  state VARCHAR NOT NULL,
  PRIMARY KEY (workbook, number)
);
INSERT INTO "generation" VALUES('team',1,1,'agreed');
INSERT INTO "generation" VALUES('team',2,2,'agreed');
CREATE TABLE link (
  id INTEGER NOT NULL,
  workbook VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL,
  row_id VARCHAR NOT NULL,
  target_workbook VARCHAR NOT NULL,
  target_row_id VARCHAR NOT NULL,
  agreed JSON NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE minted (
  workbook VARCHAR NOT NULL,
  tab VARCHAR NOT NULL,
  row_id VARCHAR NOT NULL,
  replica VARCHAR NOT NULL,
  run INTEGER NOT NULL,
  contents JSON NOT NULL,
  PRIMARY KEY (workbook, tab, row_id)
);
INSERT INTO "minted" VALUES('team','people','r1','a.xlsx',1,'{"name": "Ana"}');
CREATE TABLE occasion (
  workbook VARCHAR NOT NULL,
  "key" VARCHAR NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (workbook, "key")
);
CREATE TABLE outbox (
  id INTEGER NOT NULL,
  "key" VARCHAR NOT NULL,
  address VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  run INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  message_id VARCHAR NOT NULL,
  message VARCHAR NOT NULL,
  tries INTEGER NOT NULL,
  planned DATETIME NOT NULL,
  changed DATETIME NOT NULL,
  remark VARCHAR NOT NULL,
  PRIMARY KEY (id),
  UNIQUE ("key", address)
);
CREATE TABLE row_version (
  id INTEGER NOT NULL,
  workbook VARCHAR NOT NULL,
  tab VARCHAR NOT NULL,
  row_id VARCHAR NOT NULL,
  rank INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  contents JSON,
  sources JSON,
  PRIMARY KEY (id)
);
INSERT INTO "row_version" VALUES(1,'team','people','r1',0,1,2,'{"name": "Ana"}','{"name": ["a.xlsx"]}');
INSERT INTO "row_version" VALUES(2,'team','people','r2',1,1,NULL,'{"name": "Bo", "hours": 3}','{}');
INSERT INTO "row_version" VALUES(3,'team','people','r1',0,2,NULL,NULL,'{}');
CREATE TABLE run (
  number INTEGER NOT NULL,
  verb VARCHAR NOT NULL,
  started DATETIME NOT NULL,
  ended DATETIME,
  outcome JSON,
  PRIMARY KEY (number)
);
INSERT INTO "run" VALUES(1,'run','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','{}');
INSERT INTO "run" VALUES(2,'run','2026-03-02 09:00:00.000000','2026-03-02 09:00:00.000000','{}');
CREATE TABLE stamp (
  workbook VARCHAR NOT NULL,
  replica VARCHAR NOT NULL,
  tab VARCHAR NOT NULL,
  stamp INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  PRIMARY KEY (workbook, replica, tab, stamp)
);
CREATE INDEX row_version_of ON row_version (workbook, tab, row_id);
CREATE INDEX row_version_now ON row_version (workbook, until, since)
