//! Rows of the shop.
#![allow(dead_code)]

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Somebody who orders.
#[derive(Debug, sqlx::FromRow)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub nickname: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, sqlx::FromRow)]
pub struct Order {
    pub id: Uuid,
    pub user_id: UserId,
    pub state: OrderState,
    pub total: f64,
    pub note: Option<String>,
}

/// What the list of customers shows.
#[derive(Debug, sqlx::FromRow)]
pub struct UserWithOrders {
    pub email: String,
    pub orders: i64,
}

#[derive(Debug, Clone, Copy, sqlx::Type)]
#[sqlx(transparent)]
pub struct UserId(i64);

#[derive(Debug, sqlx::Type)]
#[sqlx(type_name = "order_state", rename_all = "snake_case")]
pub enum OrderState {
    New,
    Paid,
    Shipped,
}
