//! Reads query parameters, with the paging styles of the public API.

use super::errors::ApiError;
use super::fields::FieldErrors;
use super::limits::{LIMIT_DEFAULT, LIMIT_MAX, QUERY_PARAMETERS, SIZE_DEFAULT, SIZE_MAX};
use super::times;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use model::WallTime;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::ops::RangeInclusive;
use std::str::FromStr;
use store::{Order, Page, PageRequest, Sortable};
use utoipa::{IntoParams, ToSchema};

const NOBODYS_ID: &str = "00000000-0000-0000-0000-000000000000";

/// The query of a request. Unknown parameters are ignored.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    errors: FieldErrors,
}

impl Params {
    /// Ends the reading: refuses if a parameter was wrong.
    pub(crate) fn done(self) -> Result<(), ApiError> {
        if self.errors.is_empty() { Ok(()) } else { Err(ApiError::invalid_fields(self.errors)) }
    }

    /// Notes that a parameter is wrong.
    pub(crate) fn reject(&mut self, name: &str, why: impl Into<String>) {
        self.errors.entry(name.to_owned()).or_default().push(why.into());
    }

    /// The first value that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone())
    }

    /// Texts, as repeated parameters or with commas.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let values = self.pairs.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    /// Ids, as repeated parameters or with commas. What cannot be an id becomes one that nothing has.
    pub(crate) fn ids<T: FromStr>(&self, name: &str) -> Option<Vec<T>> {
        let mut values = self.pairs.iter().filter(|(key, value)| key == name && !value.is_empty()).peekable();
        values.peek()?;
        let ids = values.flat_map(|(_, value)| value.split(',')).filter(|id| !id.is_empty());
        Some(ids.filter_map(|id| id.trim().parse().or_else(|_| NOBODYS_ID.parse()).ok()).collect())
    }

    /// One id. One that cannot be an id matches nothing.
    pub(crate) fn id<T: FromStr>(&self, name: &str) -> Option<Option<T>> {
        self.text(name).map(|text| text.parse().ok())
    }

    /// One of the names of an enum; `names` lists them for people.
    pub(crate) fn one_of<T: DeserializeOwned>(&mut self, name: &str, names: &str) -> Option<T> {
        let read = serde_json::from_value(Value::String(self.text(name)?)).ok();
        if read.is_none() {
            self.reject(name, format!("must be one of {names}"));
        }
        read
    }

    /// True or false.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        let read = self.text(name)?.parse().ok();
        if read.is_none() {
            self.reject(name, "must be true or false");
        }
        read
    }

    /// A point in time.
    pub(crate) fn time(&mut self, name: &str) -> Option<WallTime> {
        let read = times::parse(&self.text(name)?);
        if read.is_none() {
            self.reject(name, times::EXPECTED);
        }
        read
    }

    /// A whole number in a range.
    pub(crate) fn number(&mut self, name: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let read = self.text(name)?.parse().ok().filter(|number| range.contains(number));
        if read.is_none() {
            self.reject(name, format!("must be between {} and {}", range.start(), range.end()));
        }
        read
    }

    /// A count or time that is not negative.
    pub(crate) fn count(&mut self, name: &str) -> Option<i64> {
        let read = self.text(name)?.parse().ok().filter(|number| *number >= 0);
        if read.is_none() {
            self.reject(name, "must be a whole number, 0 or more");
        }
        read
    }

    /// The paging of `/ccaas/1`: page, limit, orderBy.
    pub(crate) fn limit_page<F: Sortable + Default>(&mut self) -> PageRequest<F> {
        let page = self.number("page", 0..=u32::MAX).unwrap_or(0);
        let limit = self.number("limit", 1..=LIMIT_MAX).unwrap_or(LIMIT_DEFAULT);
        let order = match self.text("orderBy") {
            None => Order::default(),
            Some(text) => Order::parse(&text).unwrap_or_else(|| {
                let names: Vec<_> = F::ALL.iter().map(|field| field.name()).collect();
                self.reject("orderBy", format!("must be field:asc or field:desc with one of {}", names.join(", ")));
                Order::default()
            }),
        };
        PageRequest { page, limit, order }
    }

    /// The paging of `/call-link/1` and `/webrtc/1`: page, size.
    pub(crate) fn size_page(&mut self) -> SizePage {
        self.size_page_of(SIZE_DEFAULT)
    }

    /// The same with so many rows when the request does not say.
    pub(crate) fn size_page_of(&mut self, default: u32) -> SizePage {
        let page = self.number("page", 0..=i32::MAX.cast_unsigned()).unwrap_or(0);
        let size = self.number("size", 1..=SIZE_MAX).unwrap_or(default);
        SizePage { page, size }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| ApiError::bad_request("The query cannot be read."))?;
        if pairs.len() > QUERY_PARAMETERS {
            return Err(ApiError::bad_request(format!("At most {QUERY_PARAMETERS} query parameters are read.")));
        }
        Ok(Self { pairs, errors: FieldErrors::new() })
    }
}

/// Query parameters of a list under `/ccaas/1`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Params::limit_page` reads")]
pub(crate) struct LimitPaging {
    /// Counts from zero.
    #[param(default = 0)]
    page: Option<u32>,
    /// Rows of a page.
    #[param(default = 10, minimum = 1, maximum = 999)]
    limit: Option<u32>,
    /// `field:asc` or `field:desc`.
    #[param(rename = "orderBy", default = "id:asc")]
    order_by: Option<String>,
}

/// Query parameters of a list under `/call-link/1` and `/webrtc/1`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Params::size_page` reads")]
pub(crate) struct SizePaging {
    /// Counts from zero.
    #[param(default = 0)]
    page: Option<u32>,
    /// Rows of a page.
    #[param(default = 20, minimum = 1, maximum = 100)]
    size: Option<u32>,
}

/// Where a list under `/ccaas/1` stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Pagination {
    /// Rows of all pages.
    total_items: u64,
    /// Counts from zero.
    page: u32,
    /// Rows of a page.
    limit: u32,
    /// In which order.
    order_by: String,
}

impl Pagination {
    /// What to tell of a page.
    pub(crate) fn of<F: Sortable>(request: &PageRequest<F>, total_items: u64) -> Self {
        Self { total_items, page: request.page, limit: request.limit, order_by: request.order.text() }
    }
}

/// A page of a list under `/call-link/1` or `/webrtc/1`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SizePage {
    page: u32,
    size: u32,
}

/// Where such a list stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageInfo {
    /// Counts from zero.
    page: u32,
    /// Rows of a page.
    size: u32,
    /// Pages of that size.
    total_pages: u64,
    /// Rows of all pages.
    total_results: u64,
}

impl SizePage {
    /// The same page, for the store.
    pub(crate) fn request<F>(self, order: Order<F>) -> PageRequest<F> {
        PageRequest { page: self.page, limit: self.size, order }
    }

    /// Where it stands among so many rows.
    pub(crate) fn info(self, total: u64) -> PageInfo {
        let total_pages = total.div_ceil(u64::from(self.size));
        PageInfo { page: self.page, size: self.size, total_pages, total_results: total }
    }

    /// The rows of this page, and where it stands.
    pub(crate) fn cut<T>(self, all: Vec<T>) -> (Vec<T>, PageInfo) {
        let total = all.len() as u64;
        let size = u64::from(self.size);
        let skip = usize::try_from(u64::from(self.page) * size).unwrap_or(usize::MAX);
        let rows = all.into_iter().skip(skip).take(self.size as usize).collect();
        (rows, self.info(total))
    }
}

/// Sorts and cuts rows that are in memory.
pub(crate) fn page_of<T, F: Sortable>(
    mut rows: Vec<T>,
    request: &PageRequest<F>,
    compare: impl Fn(F, &T, &T) -> std::cmp::Ordering,
) -> Page<T> {
    rows.sort_by(|left, right| match request.order.direction {
        store::Direction::Ascending => compare(request.order.by, left, right),
        store::Direction::Descending => compare(request.order.by, right, left),
    });
    let total = rows.len() as u64;
    let skip = usize::try_from(u64::from(request.page) * u64::from(request.limit)).unwrap_or(usize::MAX);
    Page { items: rows.into_iter().skip(skip).take(request.limit as usize).collect(), total }
}
