//! Uploaded audio: whole, within its account, and no more of it than allowed.

use super::support::{ACCOUNT, Open};
use model::{AccountId, AudioFileId, WallTime};
use store::AudioFileRow;

const NEIGHBOUR: AccountId = AccountId::of(99);

fn file(account: AccountId, number: u128) -> AudioFileRow {
    let id = AudioFileId::of(number);
    AudioFileRow { account, id, name: "hello.wav".to_owned(), bytes: 3, duration_ms: 20, created_at: WallTime(5) }
}

#[tokio::test]
async fn a_file_comes_back_whole_and_goes_when_it_is_deleted() {
    let open = Open::new().await;
    let row = file(ACCOUNT, 1);
    let (content, prompt) = ([0, 255, 1], [7, 0, 9]);
    assert!(open.store.create_audio_file(&row, &content, &prompt, 5).await.expect("written"));
    let open = open.reopen().await;
    let store = &open.store;
    assert_eq!(store.audio_files(ACCOUNT).await.expect("readable"), std::slice::from_ref(&row));
    assert_eq!(store.audio_file(ACCOUNT, row.id).await.expect("readable"), Some(row.clone()));
    assert_eq!(store.audio_file_content(ACCOUNT, row.id).await.expect("readable").as_deref(), Some(&content[..]));
    assert_eq!(store.audio_file_prompt(ACCOUNT, row.id).await.expect("readable").as_deref(), Some(&prompt[..]));
    assert_eq!(store.audio_file(NEIGHBOUR, row.id).await.expect("readable"), None);
    assert!(!store.delete_audio_file(NEIGHBOUR, row.id).await.expect("answered"), "it is not the neighbour's");
    assert!(store.delete_audio_file(ACCOUNT, row.id).await.expect("answered"));
    assert!(!store.delete_audio_file(ACCOUNT, row.id).await.expect("answered"), "it is gone");
    assert_eq!(store.audio_file_prompt(ACCOUNT, row.id).await.expect("readable"), None);
}

#[tokio::test]
async fn an_account_has_so_many_files_and_its_neighbour_as_many() {
    let open = Open::new().await;
    let create = async |account, number| {
        open.store.create_audio_file(&file(account, number), &[1], &[2], 2).await.expect("answered")
    };
    assert!(create(ACCOUNT, 1).await && create(ACCOUNT, 2).await);
    assert!(!create(ACCOUNT, 3).await, "two are allowed");
    assert!(create(NEIGHBOUR, 3).await);
    assert_eq!(open.store.audio_files(ACCOUNT).await.expect("readable").len(), 2);
}
