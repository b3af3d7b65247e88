//! Both databases have the same tables.

use super::place::Place;
use sqlx::{ConnectOptions, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use std::collections::BTreeMap;
use store::{Store, testing::PostgresServer};

/// What is compared.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// Name, type, and whether it takes no NULL, in order.
    columns: Vec<(String, String, bool)>,
    /// The primary key's columns.
    key: Vec<String>,
    /// Whether it is unique, and the columns, by name.
    indices: BTreeMap<String, (bool, Vec<String>)>,
}

type Schema = BTreeMap<String, Table>;

async fn rows(connection: &mut SqliteConnection, sql: String) -> Vec<sqlx::sqlite::SqliteRow> {
    sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(connection).await.expect("readable")
}

async fn of_the_file() -> Schema {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.db");
    Store::open(&file).await.expect("a database").close().await;
    let mut file = SqliteConnectOptions::new().filename(file).connect().await.expect("the file");
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '_sqlx_migrations'";
    let mut schema = Schema::new();
    for name in rows(&mut file, tables.to_owned()).await.iter().map(|row| row.get::<String, _>("name")) {
        let mut table = Table::default();
        let mut key = BTreeMap::new();
        for column in rows(&mut file, format!("PRAGMA table_info({name})")).await {
            let column_name: String = column.get("name");
            if column.get::<i64, _>("pk") > 0 {
                key.insert(column.get::<i64, _>("pk"), column_name.clone());
            }
            table.columns.push((column_name, column.get("type"), column.get("notnull")));
        }
        table.key = key.into_values().collect();
        for index in rows(&mut file, format!("PRAGMA index_list({name})")).await {
            if index.get::<String, _>("origin") == "c" {
                let index_name: String = index.get("name");
                let columns = rows(&mut file, format!("PRAGMA index_info({index_name})")).await;
                let columns = columns.iter().map(|row| row.get("name")).collect();
                table.indices.insert(index_name, (index.get("unique"), columns));
            }
        }
        schema.insert(name, table);
    }
    schema
}

fn of_the_server(database: &str) -> Schema {
    let server = PostgresServer::shared();
    let mut schema = Schema::new();
    let columns = "SELECT table_name, column_name, \
                   UPPER(data_type) || COALESCE(' COLLATE ' || collation_name, ''), is_nullable = 'NO' \
                   FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' \
                   ORDER BY table_name, ordinal_position";
    for line in server.run(database, columns).lines() {
        let [table, name, kind, not_null] = line.split('|').collect::<Vec<_>>().try_into().expect("four columns");
        let column = (name.to_owned(), kind.to_owned(), not_null == "t");
        schema.entry(table.to_owned()).or_default().columns.push(column);
    }
    let indices = "SELECT t.relname, i.relname, x.indisprimary, x.indisunique, \
                   (SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(x.indkey) WITH ORDINALITY k(number, place) \
                    JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number) \
                   FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid \
                   WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> '_sqlx_migrations'";
    for line in server.run(database, indices).lines() {
        let [table, name, primary, unique, columns] =
            line.split('|').collect::<Vec<_>>().try_into().expect("five columns");
        let columns = columns.split(',').map(str::to_owned).collect();
        let table = schema.get_mut(table).expect("indices belong to tables");
        match primary {
            "t" => table.key = columns,
            _ => drop(table.indices.insert(name.to_owned(), (unique == "t", columns))),
        }
    }
    schema
}

#[tokio::test]
async fn a_table_is_the_same_on_both() {
    let place = Place::new();
    place.open().await.close().await;
    let mut expected = of_the_file().await;
    for (_, kind, _) in expected.values_mut().flat_map(|table| &mut table.columns) {
        match kind.as_str() {
            // Without it, the order of texts and what LOWER does would be the database's.
            "TEXT" => kind.push_str(" COLLATE C"),
            "BLOB" => "BYTEA".clone_into(kind),
            _ => {}
        }
    }
    let found = of_the_server(place.name());
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, table) in &expected {
        assert_eq!(&found[name], table, "{name}: left as in migrations/postgres, right as in migrations/sqlite");
    }
}
