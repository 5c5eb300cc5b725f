//! What stands in the columns: each type says which PostgreSQL type it is, to the driver and to schemacheck.

use std::error::Error;

use chrono::NaiveTime;
use postgres_types::{FromSql, ToSql, Type};
use schemacheck::{PgEnum, PgType};

/// The id of a user.
#[derive(Clone, Copy, Debug, PartialEq, FromSql, ToSql, PgType)]
#[postgres(transparent)]
#[schemacheck(transparent)]
pub struct UserId(pub i64);

/// An address, which the domain has checked.
#[derive(Clone, Debug, FromSql, ToSql, PgType)]
#[postgres(name = "email_address")]
#[schemacheck(type = "email_address")]
pub struct Email(pub String);

/// From when to when a user wants no sound.
#[derive(Clone, Copy, Debug, FromSql, ToSql, PgType)]
#[postgres(name = "quiet_hours")]
#[schemacheck(type = "quiet_hours")]
pub struct QuietHours {
    /// An attribute of a composite type can always be NULL.
    pub starts: Option<NaiveTime>,
    pub ends: Option<NaiveTime>,
}

impl QuietHours {
    /// Whether a time is within them, also over midnight.
    pub fn hold_at(self, time: NaiveTime) -> bool {
        match (self.starts, self.ends) {
            (Some(starts), Some(ends)) if starts <= ends => starts <= time && time < ends,
            (Some(starts), Some(ends)) => starts <= time || time < ends,
            (Some(starts), None) => starts <= time,
            (None, Some(ends)) => time < ends,
            (None, None) => false,
        }
    }
}

/// How urgent a notification is: a type of the database.
#[derive(Clone, Copy, Debug, FromSql, ToSql, PgEnum)]
#[postgres(name = "severity", rename_all = "snake_case")]
#[schemacheck(type = "severity", rename_all = "snake_case")]
pub enum Severity {
    /// Can wait.
    Info,
    /// Should be read today.
    Warning,
    /// Wakes people.
    Critical,
}

/// Which way a notification goes: a text, of which a check lists the values.
#[derive(Clone, Copy, Debug, PgEnum)]
#[schemacheck(repr = "text", rename_all = "lowercase")]
pub enum Channel {
    Email,
    Sms,
    Push,
}

impl Channel {
    const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::Push];

    /// The text in the column.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
        }
    }
}

impl<'a> FromSql<'a> for Channel {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let text = <&str>::from_sql(ty, raw)?;
        let known = Self::ALL.into_iter().find(|channel| channel.label() == text);
        known.ok_or_else(|| format!("unknown channel `{text}`").into())
    }

    fn accepts(ty: &Type) -> bool {
        <&str as FromSql<'_>>::accepts(ty)
    }
}
