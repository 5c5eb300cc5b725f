//! What `diesel print-schema` prints, with the arrays' elements made not null.

pub mod sql_types {
    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "bike_kind"))]
    pub struct BikeKind;

    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "payment_method"))]
    pub struct PaymentMethod;

    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "repair_status"))]
    pub struct RepairStatus;

    #[derive(diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "used_part"))]
    pub struct UsedPart;
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::BikeKind;

    bikes (id) {
        id -> Uuid,
        customer_id -> Int8,
        kind -> BikeKind,
        brand -> Text,
        frame_number -> Nullable<Text>,
        photo -> Nullable<Bytea>,
        created_at -> Timestamptz,
        updated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    customers (id) {
        id -> Int8,
        email -> Text,
        name -> Text,
        phone -> Nullable<Text>,
        preferences -> Jsonb,
        legacy_number -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    mechanics (id) {
        id -> Int4,
        name -> Text,
        hourly_rate -> Numeric,
        skills -> Array<Text>,
        hired_on -> Date,
        active -> Bool,
    }
}

diesel::table! {
    notes (id) {
        id -> Int8,
        repair_id -> Int8,
        author -> Nullable<Text>,
        body -> Text,
        written_at -> Timestamptz,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::RepairStatus;

    open_repairs (id) {
        id -> Int8,
        status -> RepairStatus,
        due_on -> Nullable<Date>,
        brand -> Text,
        customer -> Text,
        email -> Text,
    }
}

diesel::table! {
    opening_hours (weekday) {
        weekday -> Int2,
        opens -> Time,
        closes -> Time,
    }
}

diesel::table! {
    parts (sku) {
        sku -> Text,
        #[max_length = 100]
        name -> Varchar,
        stock -> Int4,
        unit_price -> Numeric,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::{RepairStatus, UsedPart};

    repairs (id) {
        id -> Int8,
        bike_id -> Uuid,
        mechanic_id -> Nullable<Int4>,
        status -> RepairStatus,
        priority -> Text,
        description -> Text,
        estimate -> Nullable<Numeric>,
        parts -> Array<UsedPart>,
        due_on -> Nullable<Date>,
        created_at -> Timestamptz,
        updated_at -> Nullable<Timestamptz>,
    }
}

pub mod billing {
    diesel::table! {
        use diesel::sql_types::*;
        use super::super::sql_types::PaymentMethod;

        billing.invoices (id) {
            id -> Int8,
            repair_id -> Int8,
            method -> PaymentMethod,
            net -> Numeric,
            tax -> Numeric,
            gross -> Nullable<Numeric>,
            issued_on -> Date,
            paid_at -> Nullable<Timestamptz>,
        }
    }
}

diesel::joinable!(bikes -> customers (customer_id));
diesel::joinable!(notes -> repairs (repair_id));
diesel::joinable!(repairs -> bikes (bike_id));
diesel::joinable!(repairs -> mechanics (mechanic_id));

diesel::allow_tables_to_appear_in_same_query!(bikes, customers, mechanics, notes, repairs);
