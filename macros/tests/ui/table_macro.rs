use bindery::table;

table! {
    #[table(table = "events", bind = "Meta", index(columns(nmae)))]
    static EVENTS {
        #[column(primary_key, default = 1)]
        id: i64,
        #[column(name = "id", max_len = 20)]
        name: String,
        #[column(version)]
        revision: i64,
    }
}

table! {
    static LOG(id: i64);
}

fn main() {}
