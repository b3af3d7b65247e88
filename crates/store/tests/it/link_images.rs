//! Images of call links' pages: whole, within their account, and no more of them than allowed.

use super::support::{ACCOUNT, Open};
use model::{AccountId, ImageType, LinkImageId, WallTime};
use store::LinkImageRow;

const NEIGHBOUR: AccountId = AccountId::of(99);

fn image(account: AccountId, number: u128) -> LinkImageRow {
    LinkImageRow {
        account,
        id: LinkImageId::of(number),
        name: "logo.png".to_owned(),
        kind: if number == 1 { ImageType::Logo } else { ImageType::Background },
        media_type: "image/png".to_owned(),
        width: 100,
        height: 80,
        bytes: 3,
        created_at: WallTime(5),
    }
}

#[tokio::test]
async fn an_image_comes_back_whole_and_goes_when_it_is_deleted() {
    let open = Open::new().await;
    let (row, other) = (image(ACCOUNT, 1), image(ACCOUNT, 2));
    let content = [0, 255, 1];
    assert!(open.store.create_link_image(&row, &content, 5).await.expect("written"));
    assert!(open.store.create_link_image(&other, &[7], 5).await.expect("written"));
    let open = open.reopen().await;
    let store = &open.store;
    assert_eq!(store.link_images(ACCOUNT).await.expect("readable"), [row.clone(), other.clone()]);
    assert_eq!(store.link_image(ACCOUNT, row.id).await.expect("readable"), Some(row.clone()));
    assert_eq!(store.link_image_content(ACCOUNT, row.id).await.expect("readable").as_deref(), Some(&content[..]));
    assert_eq!(store.link_image(NEIGHBOUR, row.id).await.expect("readable"), None);
    assert_eq!(store.link_image_content(NEIGHBOUR, row.id).await.expect("readable"), None);
    assert!(!store.delete_link_image(NEIGHBOUR, row.id).await.expect("answered"), "it is not the neighbour's");
    assert!(store.delete_link_image(ACCOUNT, row.id).await.expect("answered"));
    assert!(!store.delete_link_image(ACCOUNT, row.id).await.expect("answered"), "it is gone");
    assert_eq!(store.link_images(ACCOUNT).await.expect("readable"), [other]);
}

#[tokio::test]
async fn an_account_has_so_many_images_and_its_neighbour_as_many() {
    let open = Open::new().await;
    let create =
        async |account, number| open.store.create_link_image(&image(account, number), &[1], 2).await.expect("answered");
    assert!(create(ACCOUNT, 1).await && create(ACCOUNT, 2).await);
    assert!(!create(ACCOUNT, 3).await, "two are allowed");
    assert!(create(NEIGHBOUR, 3).await);
    assert_eq!(open.store.link_images(ACCOUNT).await.expect("readable").len(), 2);
}
