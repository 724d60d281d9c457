//! Which field stands where among the words of each command ([MS-CIFS] section 2.2.4).

use super::access::{
    ACCESS, ACCESS_BITS, ALLOCATION_SIZE, DISPOSITION, END_OF_FILE, OPTIONS, SHARE_ACCESS,
};
use super::fields::*;
use super::items::{Item, b, i};

/// Commands by their number.
pub(super) mod cmd {
    pub(in super::super) const CLOSE: u8 = 0x04;
    pub(in super::super) const DELETE: u8 = 0x06;
    pub(in super::super) const QUERY_INFORMATION: u8 = 0x08;
    pub(in super::super) const SET_INFORMATION: u8 = 0x09;
    pub(in super::super) const RENAME: u8 = 0x07;
    pub(in super::super) const READ_CORE: u8 = 0x0a;
    pub(in super::super) const WRITE_CORE: u8 = 0x0b;
    pub(in super::super) const LOCKING: u8 = 0x24;
    pub(in super::super) const TRANS: u8 = 0x25;
    pub(in super::super) const ECHO: u8 = 0x2b;
    pub(in super::super) const OPEN: u8 = 0x2d;
    pub(in super::super) const READ: u8 = 0x2e;
    pub(in super::super) const WRITE: u8 = 0x2f;
    pub(in super::super) const TRANS2: u8 = 0x32;
    pub(in super::super) const TREE_DISCONNECT: u8 = 0x71;
    pub(in super::super) const NEGOTIATE: u8 = 0x72;
    pub(in super::super) const SESSION_SETUP: u8 = 0x73;
    pub(in super::super) const LOGOFF: u8 = 0x74;
    pub(in super::super) const TREE_CONNECT: u8 = 0x75;
    pub(in super::super) const NT_TRANS: u8 = 0xa0;
    pub(in super::super) const NT_CREATE: u8 = 0xa2;
    pub(in super::super) const NONE: u8 = 0xff;
}

/// Does another command follow in the same message?
pub(super) fn chains(cmd: u8) -> bool {
    matches!(
        cmd,
        cmd::LOCKING
            | cmd::OPEN
            | cmd::READ
            | cmd::WRITE
            | cmd::SESSION_SETUP
            | cmd::LOGOFF
            | cmd::TREE_CONNECT
            | cmd::NT_CREATE
    )
}

/// The head of a message.
pub(super) static HEAD: &[Item] = &[
    b(9, 1, &FLAGS, FLAG_BITS),
    b(10, 2, &FLAGS2, FLAG2_BITS),
    i(12, 2, &PID_HIGH),
    i(14, 8, &SIGNATURE),
    i(22, 2, &RESERVED),
    i(24, 2, &TID),
    i(26, 2, &PID),
    i(28, 2, &UID),
    i(30, 2, &MID),
];

/// Fixed fields of a command of so many words.
pub(super) fn fixed(cmd: u8, response: bool, words: u8) -> &'static [Item] {
    static NEGOTIATE_A: &[Item] = &[
        i(0, 2, &DIALECT_INDEX),
        b(2, 1, &SECURITY_MODE, MODE_BITS),
        i(3, 2, &MAX_MPX),
        i(5, 2, &MAX_VCS),
        i(7, 4, &MAX_BUFFER_SIZE),
        i(11, 4, &MAX_RAW),
        i(15, 4, &SESSION_KEY),
        b(19, 4, &CAPABILITIES, CAPABILITY_BITS),
        i(23, 8, &SERVER_TIME),
        i(33, 1, &CHALLENGE_LEN),
    ];
    static CHOSEN: &[Item] = &[i(0, 2, &DIALECT_INDEX)];
    static SETUP_12: &[Item] = &[
        i(4, 2, &MAX_BUFFER),
        i(6, 2, &MAX_MPX),
        i(8, 2, &VC),
        i(10, 4, &SESSION_KEY),
        i(14, 2, &BLOB_LEN),
        i(16, 4, &RESERVED),
        b(20, 4, &CAPABILITIES, CAPABILITY_BITS),
    ];
    static SETUP_13: &[Item] = &[
        i(4, 2, &MAX_BUFFER),
        i(6, 2, &MAX_MPX),
        i(8, 2, &VC),
        i(10, 4, &SESSION_KEY),
        i(14, 2, &ANSI_LEN),
        i(16, 2, &UNICODE_LEN),
        i(18, 4, &RESERVED),
        b(22, 4, &CAPABILITIES, CAPABILITY_BITS),
    ];
    static SETUP_10: &[Item] = &[
        i(4, 2, &MAX_BUFFER),
        i(6, 2, &MAX_MPX),
        i(8, 2, &VC),
        i(10, 4, &SESSION_KEY),
        i(14, 2, &PASSWORD_LEN),
        i(16, 4, &RESERVED),
    ];
    static SETUP_3: &[Item] = &[b(4, 2, &ACTION, &[(1, &ACTION_GUEST)])];
    static SETUP_4: &[Item] = &[b(4, 2, &ACTION, &[(1, &ACTION_GUEST)]), i(6, 2, &BLOB_LEN)];
    static TREE_Q: &[Item] = &[i(4, 2, &CONNECT_FLAGS), i(6, 2, &PASSWORD_LEN)];
    static TREE_A: &[Item] = &[
        i(4, 2, &CONNECT_SUPPORT),
        b(6, 4, &ACCESS, ACCESS_BITS),
        b(10, 4, &ACCESS, ACCESS_BITS),
    ];
    static CREATE_Q: &[Item] = &[
        i(4, 1, &RESERVED),
        i(5, 2, &NAME_LEN),
        i(7, 4, &CREATE_FLAGS),
        b(15, 4, &ACCESS, ACCESS_BITS),
        i(19, 8, &ALLOCATION_SIZE),
        i(27, 4, &ATTRIBUTES),
        i(31, 4, &SHARE_ACCESS),
        i(35, 4, &DISPOSITION),
        i(39, 4, &OPTIONS),
        i(43, 4, &IMPERSONATION),
        i(47, 1, &SECURITY_FLAGS),
    ];
    static CREATE_A: &[Item] = &[
        i(5, 2, &FID),
        i(7, 4, &CREATE_ACTION),
        i(11, 8, &CREATED),
        i(19, 8, &ACCESSED),
        i(27, 8, &WRITTEN),
        i(35, 8, &CHANGED),
        i(43, 4, &ATTRIBUTES),
        i(47, 8, &ALLOCATION_SIZE),
        i(55, 8, &END_OF_FILE),
        i(63, 2, &FILE_TYPE),
        i(65, 2, &IPC_STATE),
        i(67, 1, &IS_DIRECTORY),
    ];
    static OPEN_Q: &[Item] = &[
        i(6, 2, &DESIRED),
        i(8, 2, &SEARCH_ATTRIBUTES),
        i(10, 2, &ATTRIBUTES),
        i(16, 2, &OPEN_FUNCTION),
        i(22, 4, &TIMEOUT),
    ];
    static OPEN_A: &[Item] = &[
        i(4, 2, &FID),
        i(6, 2, &ATTRIBUTES),
        i(12, 4, &FILE_SIZE),
        i(16, 2, &GRANTED),
        i(18, 2, &FILE_TYPE),
        i(20, 2, &IPC_STATE),
    ];
    static READ_Q: &[Item] = &[
        i(4, 2, &FID),
        i(6, 4, &OFFSET),
        i(10, 2, &MAX_COUNT_LOW),
        i(12, 2, &MIN_COUNT),
        i(18, 2, &REMAINING),
        i(20, 4, &OFFSET_HIGH),
    ];
    static READ_A: &[Item] = &[
        i(4, 2, &REMAINING),
        i(6, 2, &COMPACTION),
        i(10, 2, &DATA_LOW),
        i(12, 2, &DATA_OFFSET),
        i(14, 2, &DATA_HIGH),
    ];
    static WRITE_Q: &[Item] = &[
        i(4, 2, &FID),
        i(6, 4, &OFFSET),
        i(14, 2, &WRITE_MODE),
        i(16, 2, &REMAINING),
        i(18, 2, &DATA_HIGH),
        i(20, 2, &DATA_LOW),
        i(22, 2, &DATA_OFFSET),
        i(24, 4, &OFFSET_HIGH),
    ];
    static WRITE_A: &[Item] = &[
        i(4, 2, &COUNT_LOW),
        i(6, 2, &REMAINING),
        i(8, 2, &COUNT_HIGH),
    ];
    static CLOSE_Q: &[Item] = &[i(0, 2, &FID)];
    static CORE_Q: &[Item] = &[
        i(0, 2, &FID),
        i(2, 2, &COUNT),
        i(4, 4, &OFFSET),
        i(8, 2, &REMAINING),
    ];
    static CORE_A: &[Item] = &[i(0, 2, &COUNT)];
    static TRANS_Q: &[Item] = &[
        i(0, 2, &TOTAL_PARAMETERS),
        i(2, 2, &TOTAL_DATA),
        i(4, 2, &MAX_PARAMETERS),
        i(6, 2, &MAX_DATA),
        i(8, 1, &MAX_SETUP),
        i(9, 1, &RESERVED),
        i(10, 2, &TRANSACTION_FLAGS),
        i(12, 4, &TIMEOUT),
        i(20, 2, &PARAMETER_OFFSET),
        i(22, 2, &DATA_COUNT),
        i(24, 2, &DATA_OFFSET),
        i(26, 1, &SETUP_COUNT),
    ];
    static TRANS_A: &[Item] = &[
        i(0, 2, &TOTAL_PARAMETERS),
        i(2, 2, &TOTAL_DATA),
        i(8, 2, &PARAMETER_OFFSET),
        i(12, 2, &DATA_COUNT),
        i(14, 2, &DATA_OFFSET),
        i(16, 2, &DATA_DISPLACEMENT),
        i(18, 1, &SETUP_COUNT),
    ];
    static NT_TRANS_Q: &[Item] = &[
        i(0, 1, &MAX_SETUP),
        i(3, 4, &TOTAL_PARAMETERS),
        i(7, 4, &TOTAL_DATA),
        i(11, 4, &MAX_PARAMETERS),
        i(15, 4, &MAX_DATA),
        i(35, 1, &SETUP_COUNT),
        i(36, 2, &NT_FUNCTION),
    ];
    static ECHO_Q: &[Item] = &[i(0, 2, &ECHO_COUNT)];
    static ECHO_A: &[Item] = &[i(0, 2, &ECHO_NUMBER)];
    match (cmd, response) {
        (cmd::NEGOTIATE, true) if words == 17 => NEGOTIATE_A,
        (cmd::NEGOTIATE, true) => CHOSEN,
        (cmd::SESSION_SETUP, false) => match words {
            12 => SETUP_12,
            13 => SETUP_13,
            _ => SETUP_10,
        },
        (cmd::SESSION_SETUP, true) if words == 4 => SETUP_4,
        (cmd::SESSION_SETUP, true) => SETUP_3,
        (cmd::TREE_CONNECT, false) => TREE_Q,
        (cmd::TREE_CONNECT, true) => TREE_A,
        (cmd::NT_CREATE, false) => CREATE_Q,
        (cmd::NT_CREATE, true) => CREATE_A,
        (cmd::OPEN, false) => OPEN_Q,
        (cmd::OPEN, true) => OPEN_A,
        (cmd::READ, false) => READ_Q,
        (cmd::READ, true) => READ_A,
        (cmd::WRITE, false) => WRITE_Q,
        (cmd::WRITE, true) => WRITE_A,
        (cmd::CLOSE, false) => CLOSE_Q,
        (cmd::READ_CORE | cmd::WRITE_CORE, false) => CORE_Q,
        (cmd::READ_CORE | cmd::WRITE_CORE, true) => CORE_A,
        (cmd::TRANS | cmd::TRANS2, false) => TRANS_Q,
        (cmd::TRANS | cmd::TRANS2, true) => TRANS_A,
        (cmd::NT_TRANS, false) => NT_TRANS_Q,
        (cmd::ECHO, false) => ECHO_Q,
        (cmd::ECHO, true) => ECHO_A,
        _ => &[],
    }
}
