// Writes the files of this directory: the same rows as Parquet, by DuckDB, and as JSON lines, the twin.
// To run it: npm install @duckdb/node-api@1.5.6-r.1, then node make.js. Tests do not run it.
const fs = require('fs');
const zlib = require('zlib');
const { DuckDBInstance } = require('@duckdb/node-api');

// A raw value stands in the JSON lines as it is; everything else is a string, a number, a boolean or null.
class Raw {
  constructor(text) { this.text = text; }
}

const json = (value) => (value instanceof Raw ? value.text : JSON.stringify(value));
const line = (row) => '{' + Object.entries(row).map(([name, value]) => JSON.stringify(name) + ':' + json(value)).join(',') + '}\n';
const sql = (value) => {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Raw) value = value.text;
  return typeof value === 'string' ? "'" + value.replaceAll("'", "''") + "'" : String(value);
};

const uuid = (kind, n) => `0195602e-${kind}-7c3e-9d55-${String(n).padStart(12, '0')}`;
// stamp is a time as PostHog writes it into JSON lines, which DuckDB reads too.
const stamp = (seconds, micros) => new Date(seconds * 1000).toISOString().slice(0, 19) + '.' + String(micros).padStart(6, '0') + '+00:00';
const start = Date.UTC(2026, 2, 4, 9, 15, 0) / 1000;

// names are the events of the rows, in turn.
const names = ['$pageview', 'Order Completed', '$autocapture', 'signed_up', '$screen', 'note añadida', '$set', 'plan "changed"'];

function properties(i, who) {
  const all = [
    `"$lib":"web","$os":"Mac OS X","$current_url":"https://app.acornly.example/page/${i % 5}?a=1&b=%20","$host":"app.acornly.example","$pathname":"/page/${i % 5}"`,
    `"order_id":"ord_${88000 + i}","revenue":${i}.50,"big_id":9007199254740993,"items":[{"sku":"AC-${i}","qty":${i % 4}}],"coupon":null`,
    `"$event_type":"click","text":"Buy now","empty":"","tiny":1e-7,"negative":-12,"big":18446744073709551615`,
    `"$set":{"email":"${who}@example.com","plan":"pro","visits":${i}},"$set_once":{"first_seen":"2026-03-0${1 + (i % 9)}"}`,
    `"$screen_name":"Home","nested":{"a":{"b":[1,2,{"c":null}]}},"is_first":true`,
    `"note":"café – 日本語 ✓ \\ud83c\\udf31 \\"quoted\\" \\\\ \\n tab\\t","ctl":"\\u0001"`,
    `"$set":{"name":"N. ${who}","score":${i}.25},"$unset":["plan"]`,
    `"long":"${'acorn and oak, '.repeat(6)}","n":${i}`,
  ];
  return '{' + all[i % all.length] + '}';
}

// events are rows of a batch export. Each column is null in some row.
function events() {
  const rows = [];
  for (let i = 0; i < 60; i++) {
    const who = i % 7 === 3 ? uuid('7a11', i % 6) : 'user_' + (1001 + (i % 6));
    const at = start + i * 37;
    const row = {
      event: names[i % names.length],
      timestamp: stamp(at, (i * 104729) % 1000000),
      distinct_id: who,
      _inserted_at: stamp(at + 5, 384615),
      uuid: uuid('aaaa', i),
      created_at: stamp(at + 1, i),
      person_id: uuid('bbbb', i % 6),
      elements_chain: i % names.length === 2 ? `button.btn:attr__class="btn"href="/buy?x=${i}"nth-child="1"text="Buy now";div:nth-child="2"` : i % 2 ? '' : null,
      properties: new Raw(properties(i, who)),
      person_properties: new Raw(`{"email":"${who}@example.com","plan":"${i % 3 ? 'pro' : 'free'}","seats":${i},"big":9007199254740993}`),
    };
    rows.push(row);
  }
  rows[8].event = '$identify';
  rows[8].properties = new Raw(`{"$anon_distinct_id":"${uuid('7a11', 2)}","$set":{"email":"${rows[8].distinct_id}@example.com"}}`);
  rows[17].event = null; // rejected
  rows[18].distinct_id = null; // rejected
  rows[19].uuid = null;
  rows[20].timestamp = null;
  rows[21].created_at = null;
  rows[22].person_id = null;
  rows[23].properties = null;
  rows[24].person_properties = null;
  rows[25]._inserted_at = null;
  rows[26] = Object.fromEntries(Object.keys(rows[26]).map((name) => [name, null])); // rejected
  rows[27].distinct_id = ''; // rejected
  rows[28].timestamp = '1969-07-20T20:17:40.000001+00:00';
  rows[29].timestamp = '1883-11-18T12:00:00.000000+00:00';
  rows[30].created_at = '1969-12-31T23:59:59.999999+00:00';
  rows[31].properties = new Raw('{}');
  rows[32].person_properties = new Raw('{}');
  rows[33].properties = '{"cut":'; // not JSON: rejected
  rows[34].event = '';
  rows[35].distinct_id = 'käse "1",\t2';
  return rows;
}

const eventTypes = {
  event: 'VARCHAR', timestamp: 'TIMESTAMPTZ', distinct_id: 'VARCHAR', _inserted_at: 'TIMESTAMPTZ', uuid: 'VARCHAR', created_at: 'TIMESTAMPTZ',
  person_id: 'VARCHAR', elements_chain: 'VARCHAR', properties: 'VARCHAR', person_properties: 'VARCHAR',
};

// many are more rows than DuckDB puts into one row group here, few of them alike. Page and dictionary columns
// hold a few values again and again.
function many() {
  const rows = [];
  for (let i = 0; i < 4500; i++) {
    rows.push({
      uuid: uuid('cccc', i), event: ['viewed', 'clicked', 'bought'][i % 3], distinct_id: 'user_' + (i % 40),
      timestamp: stamp(start + i, i), properties: i % 11 === 10 ? null : new Raw(`{"n":${i}}`),
    });
  }
  return rows;
}

// persons are rows of a persons export.
function persons() {
  const rows = [];
  for (let i = 0; i < 30; i++) {
    rows.push({
      team_id: 4242, distinct_id: i % 5 === 4 ? uuid('7a11', i % 6) : 'user_' + (1001 + i), person_id: uuid('bbbb', i % 24),
      properties: new Raw(`{"email":"user_${1001 + i}@example.com","plan":"${i % 2 ? 'pro' : 'free'}","big":9007199254740993,"city":"São Paulo"}`),
      person_distinct_id_version: i % 3, person_version: i, created_at: stamp(start - i * 86400, 0), _inserted_at: stamp(start + 86400 + i, 5), is_deleted: i % 9 === 8,
    });
  }
  rows[3].properties = null;
  rows[4].created_at = null;
  rows[5].person_distinct_id_version = null;
  rows[6].person_version = null;
  rows[7]._inserted_at = null;
  rows[9].is_deleted = null;
  rows[12].properties = new Raw('{}');
  rows[13].created_at = '1969-07-20T20:17:40.000000+00:00';
  rows[14].team_id = null;
  return rows;
}

const personTypes = {
  team_id: 'BIGINT', distinct_id: 'VARCHAR', person_id: 'VARCHAR', properties: 'VARCHAR', person_distinct_id_version: 'BIGINT', person_version: 'BIGINT',
  created_at: 'TIMESTAMPTZ', _inserted_at: 'TIMESTAMPTZ', is_deleted: 'BOOLEAN',
};

// custom are rows with columns under other names, for --column.
function custom() {
  return events().slice(0, 20).map((row, i) => ({
    my_event_name: row.event, distinct_id: i % 4 ? String(9007199254740993n + BigInt(i)) : null, event_time: i % 5 ? start + i : null, uuid: row.uuid,
    all_properties: row.properties, revenue: i / 4,
  }));
}

const customTypes = { my_event_name: 'VARCHAR', distinct_id: 'BIGINT', event_time: 'BIGINT', uuid: 'VARCHAR', all_properties: 'VARCHAR', revenue: 'DOUBLE' };

// typed are rows as another program than PostHog would write them: types of their own for IDs and times, and
// each property in a column. Columns that the JSON lines do not have are not read.
function typed() {
  const rows = [];
  for (let i = 0; i < 24; i++) {
    rows.push({
      parquet: {
        uuid: uuid('dddd', i), event: ['viewed', 'bought'][i % 2], distinct_id: 9007199254740993n + BigInt(i % 5), timestamp: `2026-03-04 10:02:${10 + i}.${i}00`,
        created_at: `2026-03-04 10:03:${10 + i}.004512`, person_id: i % 5 ? uuid('eeee', i % 5) : null,
        properties: i % 3 === 2 ? null : `{"own":${i}}`,
        'properties.price': i % 4 ? `${i}.50` : null, 'properties.total': `${i * 1000000007}.0001`, 'properties.day': i === 3 ? '1969-07-20' : `2026-03-${10 + (i % 20)}`,
        'properties.ratio': i / 8, 'properties.count': 9007199254740993n - BigInt(i * 2), 'properties.small': i % 6 ? -i : null,
        'properties.unsigned': 18446744073709551615n - BigInt(i), 'properties.ok': i % 3 ? i % 2 === 0 : null, 'properties.when': `1969-12-31 23:59:${10 + i}.000001+00`,
        'properties.clock': `10:02:${10 + i}.004512`, 'properties.text': i % 2 ? `text ${i}` : '', 'person.properties.seats': i, 'person.properties.name': `N. ${i % 5}`,
      },
      json: {
        uuid: uuid('dddd', i), event: ['viewed', 'bought'][i % 2], distinct_id: new Raw(String(9007199254740993n + BigInt(i % 5))),
        timestamp: `2026-03-04T10:02:${10 + i}.${i}00`, created_at: `2026-03-04T10:03:${10 + i}.004512`, person_id: i % 5 ? uuid('eeee', i % 5) : null,
        properties: new Raw('{' + [
          i % 3 === 2 ? '' : `"own":${i}`, i % 4 ? `"price":${i}.50` : '', `"total":${i * 1000000007}.0001`, `"day":"${i === 3 ? '1969-07-20' : `2026-03-${10 + (i % 20)}`}"`,
          `"ratio":${i / 8}`, `"count":${9007199254740993n - BigInt(i * 2)}`, i % 6 ? `"small":${-i}` : '', `"unsigned":${18446744073709551615n - BigInt(i)}`,
          i % 3 ? `"ok":${i % 2 === 0}` : '', `"when":"1969-12-31T23:59:${10 + i}.000001Z"`, `"clock":"10:02:${10 + i}.004512"`, `"text":"${i % 2 ? `text ${i}` : ''}"`,
        ].filter((member) => member).join(',') + '}'),
        person_properties: new Raw(`{"seats":${i},"name":"N. ${i % 5}"}`),
      },
    });
  }
  return rows;
}

const typedTypes = {
  uuid: 'UUID', event: "ENUM('viewed','bought')", distinct_id: 'BIGINT', timestamp: 'TIMESTAMP', created_at: 'TIMESTAMP', person_id: 'UUID', properties: 'JSON',
  'properties.price': 'DECIMAL(10,2)', 'properties.total': 'DECIMAL(30,4)', 'properties.day': 'DATE', 'properties.ratio': 'DOUBLE', 'properties.count': 'BIGINT',
  'properties.small': 'SMALLINT', 'properties.unsigned': 'UBIGINT', 'properties.ok': 'BOOLEAN', 'properties.when': 'TIMESTAMPTZ', 'properties.clock': 'TIME',
  'properties.text': 'VARCHAR', 'person.properties.seats': 'INTEGER', 'person.properties.name': 'VARCHAR',
};
const besides = ", 'blob'::BLOB AS raw_bytes, ['a', NULL, 'b'] AS tags, MAP {'k': 1} AS labels, {'a': 1, 'b': 'x'} AS place, NULL::INTEGER AS nothing";

async function main() {
  const db = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await db.run("SET timezone = 'UTC'");
  const table = async (name, types, rows) => {
    await db.run(`CREATE TABLE ${name} (${Object.entries(types).map(([column, type]) => `"${column}" ${type}`).join(', ')})`);
    for (let i = 0; i < rows.length; i += 500) {
      const values = rows.slice(i, i + 500).map((row) => '(' + Object.keys(types).map((column) => sql(row[column])).join(', ') + ')');
      await db.run(`INSERT INTO ${name} VALUES ${values.join(', ')}`);
    }
  };
  const copy = (what, file, options) => db.run(`COPY (SELECT ${what}) TO '${file}' (FORMAT parquet, ${options})`);
  const twin = (file, rows) => fs.writeFileSync(file, rows.map(line).join(''));

  await table('events', eventTypes, events());
  twin('events.jsonl', events());
  for (const codec of ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw']) {
    await copy('* FROM events', `events_${codec}.parquet`, `COMPRESSION ${codec}`);
    await copy('* FROM events', `events_v2_${codec}.parquet`, `COMPRESSION ${codec}, PARQUET_VERSION v2`);
  }

  const manyTypes = Object.fromEntries(['uuid', 'event', 'distinct_id', 'timestamp', 'properties'].map((name) => [name, eventTypes[name]]));
  await table('many', manyTypes, many());
  fs.writeFileSync('many.jsonl.gz', zlib.gzipSync(many().map(line).join(''), { level: 9 }));
  await copy('* FROM many', 'many_zstd.parquet', 'COMPRESSION zstd, COMPRESSION_LEVEL 19, ROW_GROUP_SIZE 2048');
  await copy('* FROM many', 'many_v2_zstd.parquet', 'COMPRESSION zstd, COMPRESSION_LEVEL 19, ROW_GROUP_SIZE 2048, PARQUET_VERSION v2');

  await table('persons', personTypes, persons());
  twin('persons.jsonl', persons());
  await copy('* FROM persons', 'persons_zstd.parquet', 'COMPRESSION zstd');
  await copy('* FROM persons', 'persons_v2_snappy.parquet', 'COMPRESSION snappy, PARQUET_VERSION v2');

  await table('custom', customTypes, custom());
  twin('custom.jsonl', custom().map((row) => ({ ...row, distinct_id: row.distinct_id && new Raw(row.distinct_id) })));
  await copy('* FROM custom', 'custom_snappy.parquet', 'COMPRESSION snappy');

  await table('typed', typedTypes, typed().map((row) => row.parquet));
  twin('typed.jsonl', typed().map((row) => row.json));
  await copy(`*${besides} FROM typed`, 'typed_zstd.parquet', 'COMPRESSION zstd');
  await copy(`*${besides} FROM typed`, 'typed_v2_uncompressed.parquet', 'COMPRESSION uncompressed, PARQUET_VERSION v2');
}

main();
