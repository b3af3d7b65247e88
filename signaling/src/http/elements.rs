//! The paging of configurations under `/ccaas/voice/2`: pageNumber, pageSize, sortBy, sortDirection.

use super::limits::{ELEMENTS_DEFAULT, ELEMENTS_MAX};
use super::params::Params;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use utoipa::{IntoParams, ToSchema};

/// Query parameters of such a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `ElementPaging::read` reads")]
pub(crate) struct ElementPagingParams {
    /// Counts from zero.
    #[param(rename = "pageNumber", default = 0)]
    page_number: Option<u32>,
    /// Rows of a page.
    #[param(rename = "pageSize", default = 20, minimum = 1, maximum = 999)]
    page_size: Option<u32>,
    /// What the rows are sorted by.
    #[param(rename = "sortBy", default = "CREATED_AT", inline)]
    sort_by: Option<SortBy>,
    /// In which direction.
    #[param(rename = "sortDirection", default = "DESC", inline)]
    sort_direction: Option<SortDirection>,
}

/// What rows are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SortBy {
    Name,
    #[default]
    CreatedAt,
}

/// In which direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SortDirection {
    Asc,
    #[default]
    Desc,
}

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ElementPaging {
    page: u32,
    size: u32,
    by: SortBy,
    direction: SortDirection,
}

/// A page of such a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Elements<T> {
    elements: Vec<T>,
    /// Rows of all pages.
    total: u64,
    total_pages: u64,
}

impl<T> Elements<T> {
    /// Rows of a page of `size`, of `total` in all.
    pub(crate) fn of(elements: Vec<T>, total: u64, size: u32) -> Self {
        Self { elements, total, total_pages: total.div_ceil(u64::from(size)) }
    }
}

impl ElementPaging {
    /// Reads the parameters.
    pub(crate) fn read(params: &mut Params) -> Self {
        Self {
            page: params.number("pageNumber", 0..=i32::MAX.cast_unsigned()).unwrap_or(0),
            size: params.number("pageSize", 1..=ELEMENTS_MAX).unwrap_or(ELEMENTS_DEFAULT),
            by: params.one_of("sortBy", "NAME, CREATED_AT").unwrap_or_default(),
            direction: params.one_of("sortDirection", "ASC, DESC").unwrap_or_default(),
        }
    }

    /// Sorts and cuts rows that are in memory.
    pub(crate) fn cut<R, T>(
        self,
        mut rows: Vec<R>,
        compare: impl Fn(SortBy, &R, &R) -> Ordering,
        show: impl Fn(R) -> T,
    ) -> Elements<T> {
        rows.sort_by(|left, right| match self.direction {
            SortDirection::Asc => compare(self.by, left, right),
            SortDirection::Desc => compare(self.by, right, left),
        });
        let total = rows.len() as u64;
        let skip = usize::try_from(u64::from(self.page) * u64::from(self.size)).unwrap_or(usize::MAX);
        let elements = rows.into_iter().skip(skip).take(self.size as usize).map(show).collect();
        Elements::of(elements, total, self.size)
    }
}
