//! The models of these tests, checked at the build against `tests/postgres/.schemacheck`.

use chrono::{DateTime, NaiveDateTime, Utc};
use schemacheck::{Model, PgEnum, PgType};
use uuid::Uuid;

#[derive(PgType)]
#[schemacheck(transparent)]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct UserId(Uuid);

pub(crate) type MaybeText = Option<String>;

#[derive(Model)]
#[schemacheck(table = "users")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct User {
    id: UserId,
    email: String,
    nickname: MaybeText,
    age: i32,
    settings: serde_json::Value,
    tags: Vec<String>,
}

#[derive(Model)]
#[schemacheck(table = "notifications")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct Notification {
    id: Uuid,
    user_id: UserId,
    severity: Option<String>,
    #[schemacheck(column = "source_type")]
    source: String,
    created_at: DateTime<Utc>,
}

#[derive(Model)]
#[schemacheck(table = "public.sessions")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct Session {
    id: Uuid,
    token: String,
}

#[derive(PgEnum)]
#[schemacheck(type = "coordinator_action_type", rename_all = "snake_case")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) enum ActionKind {
    Created,
    Assigned,
    StageChanged,
}

#[derive(Model)]
#[schemacheck(table = "coordinator_actions")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct Action {
    id: i64,
    kind: ActionKind,
}

#[derive(Model)]
#[schemacheck(table = "NotificationLog", rename_all = "camelCase")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct NotificationLog {
    id: String,
    user_id: String,
    sent_at: NaiveDateTime,
}

#[derive(Model)]
#[schemacheck(table = "active_users")]
#[allow(dead_code, reason = "models are judged, not filled")]
pub(crate) struct ActiveUser {
    id: Uuid,
    email: String,
}
