//! Which field stands where in each command ([MS-SMB2] section 2.2), counted from its structure size.

use super::fields::*;
use crate::protocols::smb::access::{
    ACCESS, ACCESS_BITS, ALLOCATION_SIZE, DISPOSITION, END_OF_FILE, OPTIONS, SHARE_ACCESS,
};
use crate::protocols::smb::items::{Item, b, i};

/// Commands by their number.
pub(super) mod cmd {
    pub(in super::super) const NEGOTIATE: u16 = 0;
    pub(in super::super) const SESSION_SETUP: u16 = 1;
    pub(in super::super) const LOGOFF: u16 = 2;
    pub(in super::super) const TREE_CONNECT: u16 = 3;
    pub(in super::super) const TREE_DISCONNECT: u16 = 4;
    pub(in super::super) const CREATE: u16 = 5;
    pub(in super::super) const CLOSE: u16 = 6;
    pub(in super::super) const READ: u16 = 8;
    pub(in super::super) const WRITE: u16 = 9;
    pub(in super::super) const LOCK: u16 = 10;
    pub(in super::super) const IOCTL: u16 = 11;
    pub(in super::super) const CANCEL: u16 = 12;
    pub(in super::super) const FIND: u16 = 14;
    pub(in super::super) const NOTIFY: u16 = 15;
    pub(in super::super) const GET_INFO: u16 = 16;
    pub(in super::super) const SET_INFO: u16 = 17;
}

/// Fixed fields of a command.
pub(super) fn fixed(cmd: u16, response: bool) -> &'static [Item] {
    static NEGOTIATE_Q: &[Item] = &[
        i(2, 2, &DIALECT_COUNT),
        b(4, 1, &SEC_MODE, MODE_BITS),
        i(6, 2, &RESERVED),
        b(8, 4, &CAPABILITIES, CAPABILITY_BITS),
        i(12, 16, &CLIENT_GUID),
    ];
    static NEGOTIATE_A: &[Item] = &[
        b(2, 1, &SEC_MODE, MODE_BITS),
        i(4, 2, &DIALECT),
        i(6, 2, &CONTEXT_COUNT),
        i(8, 16, &SERVER_GUID),
        b(24, 4, &CAPABILITIES, CAPABILITY_BITS),
        i(28, 4, &MAX_TRANS),
        i(32, 4, &MAX_READ),
        i(36, 4, &MAX_WRITE),
        i(40, 8, &CURRENT_TIME),
        i(48, 8, &BOOT_TIME),
        i(60, 4, &CONTEXT_OFFSET),
    ];
    static SETUP_Q: &[Item] = &[
        b(2, 1, &REQUEST_FLAGS, &[(1, &REQUEST_BINDING)]),
        b(3, 1, &SEC_MODE, MODE_BITS),
        b(4, 4, &CAPABILITIES, CAPABILITY_BITS),
        i(8, 4, &CHANNEL),
        i(16, 8, &PREVIOUS_SESSION),
    ];
    static SETUP_A: &[Item] = &[b(
        2,
        2,
        &SESSION_FLAGS,
        &[
            (1, &SESSION_GUEST),
            (2, &SESSION_NULL),
            (4, &SESSION_ENCRYPT),
        ],
    )];
    static TREE_Q: &[Item] = &[b(
        2,
        2,
        &TREE_FLAGS,
        &[
            (1, &TREE_RECONNECT),
            (2, &TREE_REDIRECT),
            (4, &TREE_EXTENSION),
        ],
    )];
    static TREE_A: &[Item] = &[
        i(2, 1, &SHARE_TYPE),
        i(3, 1, &RESERVED),
        b(4, 4, &SHARE_FLAGS, SHARE_BITS),
        b(8, 4, &SHARE_CAPS, SHARE_CAP_BITS),
        b(12, 4, &ACCESS, ACCESS_BITS),
    ];
    static NOTHING: &[Item] = &[i(2, 2, &RESERVED)];
    static CREATE_Q: &[Item] = &[
        i(3, 1, &OPLOCK),
        i(4, 4, &IMPERSONATION),
        i(8, 8, &CREATE_FLAGS),
        i(16, 8, &RESERVED),
        b(24, 4, &ACCESS, ACCESS_BITS),
        b(28, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
        i(32, 4, &SHARE_ACCESS),
        i(36, 4, &DISPOSITION),
        i(40, 4, &OPTIONS),
    ];
    static CREATE_A: &[Item] = &[
        i(2, 1, &OPLOCK),
        b(3, 1, &CREATE_REPLY, &[(1, &CREATE_REPARSE)]),
        i(4, 4, &CREATE_ACTION),
        i(8, 8, &CREATED),
        i(16, 8, &ACCESSED),
        i(24, 8, &WRITTEN),
        i(32, 8, &CHANGED),
        i(40, 8, &ALLOCATION),
        i(48, 8, &EOF),
        b(56, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
        i(60, 4, &RESERVED),
        i(64, 16, &FID),
    ];
    static CLOSE_Q: &[Item] = &[b(2, 2, &CLOSE_FLAGS, &[(1, &CLOSE_QUERY)]), i(8, 16, &FID)];
    static CLOSE_A: &[Item] = &[
        b(2, 2, &CLOSE_FLAGS, &[(1, &CLOSE_QUERY)]),
        i(4, 4, &RESERVED),
        i(8, 8, &CREATED),
        i(16, 8, &ACCESSED),
        i(24, 8, &WRITTEN),
        i(32, 8, &CHANGED),
        i(40, 8, &ALLOCATION),
        i(48, 8, &EOF),
        b(56, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
    ];
    static FLUSH_Q: &[Item] = &[i(8, 16, &FID)];
    static READ_Q: &[Item] = &[
        i(2, 1, &READ_PADDING),
        b(
            3,
            1,
            &READ_FLAGS,
            &[(1, &READ_UNBUFFERED), (2, &READ_COMPRESSED)],
        ),
        i(4, 4, &READ_LENGTH),
        i(8, 8, &FILE_OFFSET),
        i(16, 16, &FID),
        i(32, 4, &MIN_COUNT),
        i(36, 4, &CHANNEL),
        i(40, 4, &REMAINING),
        i(44, 2, &OLB_OFFSET),
        i(46, 2, &OLB_LENGTH),
    ];
    static READ_A: &[Item] = &[
        i(8, 4, &READ_REMAINING),
        i(12, 4, &RESERVED),
        i(2, 1, &OLB_OFFSET),
        i(3, 1, &RESERVED),
        i(4, 4, &OLB_LENGTH),
    ];
    static WRITE_Q: &[Item] = &[
        i(2, 2, &DATA_OFFSET),
        i(4, 4, &WRITE_LENGTH),
        i(8, 8, &FILE_OFFSET),
        i(16, 16, &FID),
        i(32, 4, &CHANNEL),
        i(36, 4, &REMAINING),
        b(
            44,
            4,
            &WRITE_FLAGS,
            &[(1, &WRITE_THROUGH), (2, &WRITE_UNBUFFERED)],
        ),
        i(40, 2, &OLB_OFFSET),
        i(42, 2, &OLB_LENGTH),
    ];
    static WRITE_A: &[Item] = &[
        i(2, 2, &RESERVED),
        i(4, 4, &WRITE_COUNT),
        i(8, 4, &WRITE_REMAINING),
        i(12, 2, &CHANNEL_OFFSET),
        i(14, 2, &CHANNEL_LENGTH),
    ];
    static LOCK_Q: &[Item] = &[i(2, 2, &LOCK_COUNT), i(4, 4, &RESERVED), i(8, 16, &FID)];
    static IOCTL_Q: &[Item] = &[
        i(2, 2, &RESERVED),
        i(4, 4, &IOCTL_FUNCTION),
        i(8, 16, &FID),
        i(32, 4, &MAX_IN),
        i(44, 4, &MAX_OUT),
        b(48, 4, &IOCTL_FLAGS, &[(1, &IOCTL_FSCTL)]),
        i(52, 4, &RESERVED),
        i(24, 4, &OLB_OFFSET),
        i(28, 4, &OLB_LENGTH),
        i(36, 4, &OLB_OFFSET),
        i(40, 4, &OLB_LENGTH),
    ];
    static IOCTL_A: &[Item] = &[
        i(2, 2, &RESERVED),
        i(4, 4, &IOCTL_FUNCTION),
        i(8, 16, &FID),
        i(40, 4, &FLAGS),
        i(44, 4, &RESERVED),
        i(24, 4, &OLB_OFFSET),
        i(28, 4, &OLB_LENGTH),
        i(32, 4, &OLB_OFFSET),
        i(36, 4, &OLB_LENGTH),
    ];
    static FIND_Q: &[Item] = &[
        i(2, 1, &FIND_LEVEL),
        b(
            3,
            1,
            &FIND_FLAGS,
            &[
                (1, &FIND_RESTART),
                (2, &FIND_SINGLE),
                (4, &FIND_INDEX),
                (0x10, &FIND_REOPEN),
            ],
        ),
        i(4, 4, &FILE_INDEX),
        i(8, 16, &FID),
        i(28, 4, &OUTPUT_LEN),
    ];
    static LIST_A: &[Item] = &[i(2, 2, &OLB_OFFSET), i(4, 4, &OLB_LENGTH)];
    static NOTIFY_Q: &[Item] = &[
        b(2, 2, &NOTIFY_FLAGS, &[(1, &NOTIFY_TREE)]),
        i(4, 4, &OUTPUT_LEN),
        i(8, 16, &FID),
    ];
    static GET_Q: &[Item] = &[
        i(4, 4, &MAX_RESPONSE),
        i(8, 2, &INPUT_OFFSET),
        i(10, 2, &RESERVED),
        i(12, 4, &INPUT_SIZE),
        i(16, 4, &ADDITIONAL),
        i(20, 4, &INFO_FLAGS),
        i(24, 16, &FID),
    ];
    static SET_Q: &[Item] = &[
        i(4, 4, &SET_SIZE),
        i(8, 2, &SET_OFFSET),
        i(10, 2, &SET_RESERVED),
        i(12, 4, &ADDITIONAL),
        i(16, 16, &FID),
    ];
    static BREAK: &[Item] = &[i(2, 1, &OPLOCK), i(8, 16, &FID)];
    match (cmd, response) {
        (cmd::NEGOTIATE, false) => NEGOTIATE_Q,
        (cmd::NEGOTIATE, true) => NEGOTIATE_A,
        (cmd::SESSION_SETUP, false) => SETUP_Q,
        (cmd::SESSION_SETUP, true) => SETUP_A,
        (cmd::TREE_CONNECT, false) => TREE_Q,
        (cmd::TREE_CONNECT, true) => TREE_A,
        (cmd::CREATE, false) => CREATE_Q,
        (cmd::CREATE, true) => CREATE_A,
        (cmd::CLOSE, false) => CLOSE_Q,
        (cmd::CLOSE, true) => CLOSE_A,
        (7, false) => FLUSH_Q,
        (cmd::READ, false) => READ_Q,
        (cmd::READ, true) => READ_A,
        (cmd::WRITE, false) => WRITE_Q,
        (cmd::WRITE, true) => WRITE_A,
        (cmd::LOCK, false) => LOCK_Q,
        (cmd::IOCTL, false) => IOCTL_Q,
        (cmd::IOCTL, true) => IOCTL_A,
        (cmd::FIND, false) => FIND_Q,
        (cmd::FIND | cmd::NOTIFY | cmd::GET_INFO, true) => LIST_A,
        (cmd::NOTIFY, false) => NOTIFY_Q,
        (cmd::GET_INFO, false) => GET_Q,
        (cmd::SET_INFO, false) => SET_Q,
        (cmd::SET_INFO, true) => &[],
        (18, _) => BREAK,
        _ => NOTHING,
    }
}

/// What stands in every answer that says only what went wrong.
pub(super) static ERROR: &[Item] = &[
    i(2, 1, &ERROR_CONTEXTS),
    i(3, 1, &ERROR_RESERVED),
    i(4, 4, &ERROR_COUNT),
];

/// The head of each command.
pub(super) fn head(response: bool, sync: bool) -> impl Iterator<Item = &'static Item> {
    static FRONT: &[Item] = &[i(4, 2, &HEADER_LEN), i(6, 2, &CREDIT_CHARGE)];
    static ASKS: &[Item] = &[
        i(8, 2, &CHANNEL_SEQUENCE),
        i(10, 2, &RESERVED),
        i(12, 2, &CMD),
        i(14, 2, &CREDITS_REQUESTED),
    ];
    static ANSWERS: &[Item] = &[
        i(8, 4, &NT_STATUS),
        i(12, 2, &CMD),
        i(14, 2, &CREDITS_GRANTED),
    ];
    static MIDDLE: &[Item] = &[
        b(16, 4, &FLAGS, FLAG_BITS),
        i(20, 4, &CHAIN_OFFSET),
        i(24, 8, &MSG_ID),
    ];
    static SYNC: &[Item] = &[i(32, 4, &PID), i(36, 4, &TID)];
    static ASYNC: &[Item] = &[i(32, 8, &ASYNC_ID)];
    static BACK: &[Item] = &[i(40, 8, &SESSION), i(48, 16, &SIGNATURE)];
    let turn = if response { ANSWERS } else { ASKS };
    let whose = if sync { SYNC } else { ASYNC };
    [FRONT, turn, MIDDLE, whose, BACK].into_iter().flatten()
}

/// What a client has checked that it negotiated, and the answer (section 2.2.31.4).
pub(super) static VALIDATES: &[Item] = &[
    b(0, 4, &CAPABILITIES, CAPABILITY_BITS),
    i(4, 16, &CLIENT_GUID),
    b(20, 1, &SEC_MODE, MODE_BITS),
    i(22, 2, &DIALECT_COUNT),
];
/// See [`VALIDATES`].
pub(super) static VALIDATED: &[Item] = &[
    b(0, 4, &CAPABILITIES, CAPABILITY_BITS),
    i(4, 16, &SERVER_GUID),
    b(20, 1, &SEC_MODE, MODE_BITS),
    i(22, 2, &DIALECT),
];

/// A message that is encrypted (section 2.2.41).
pub(super) static SEALED: &[Item] = &[
    i(4, 16, &SEALED_SIGNATURE),
    i(20, 16, &SEALED_NONCE),
    i(36, 4, &SEALED_SIZE),
    i(40, 2, &SEALED_RESERVED),
    b(42, 2, &SEALED_FLAGS, &[(1, &SEALED_ENCRYPTED)]),
    i(44, 8, &SESSION),
];

/// A message that is compressed (section 2.2.42).
pub(super) static PACKED: &[Item] = &[
    i(4, 4, &PACKED_SIZE),
    i(8, 2, &PACKED_HOW),
    i(10, 2, &PACKED_FLAGS),
    i(12, 4, &PACKED_OFFSET),
];

/// Fields of an entry of a directory, before its name; where the name begins, and where its length stands.
pub(super) fn entry(level: u8) -> Option<(&'static [Item], usize, usize)> {
    static COMMON: &[Item] = &[
        i(4, 4, &FILE_INDEX),
        i(8, 8, &CREATED),
        i(16, 8, &ACCESSED),
        i(24, 8, &WRITTEN),
        i(32, 8, &CHANGED),
        i(40, 8, &EOF),
        i(48, 8, &ALLOCATION),
        b(56, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
        i(60, 4, &FILENAME_LEN),
    ];
    static FULL: &[Item] = &[
        i(4, 4, &FILE_INDEX),
        i(8, 8, &CREATED),
        i(16, 8, &ACCESSED),
        i(24, 8, &WRITTEN),
        i(32, 8, &CHANGED),
        i(40, 8, &EOF),
        i(48, 8, &ALLOCATION),
        b(56, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
        i(60, 4, &FILENAME_LEN),
        i(64, 4, &EA_SIZE),
    ];
    static BOTH: &[Item] = &[
        i(4, 4, &FILE_INDEX),
        i(8, 8, &CREATED),
        i(16, 8, &ACCESSED),
        i(24, 8, &WRITTEN),
        i(32, 8, &CHANGED),
        i(40, 8, &EOF),
        i(48, 8, &ALLOCATION),
        b(56, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
        i(60, 4, &FILENAME_LEN),
        i(64, 4, &EA_SIZE),
        i(68, 1, &SHORT_LEN),
    ];
    static NAMES: &[Item] = &[i(4, 4, &FILE_INDEX), i(8, 4, &FILENAME_LEN)];
    Some(match level {
        1 => (COMMON, 64, 60),
        2 => (FULL, 68, 60),
        3 => (BOTH, 94, 60),
        12 => (NAMES, 12, 8),
        37 => (BOTH, 104, 60),
        38 => (FULL, 80, 60),
        _ => return None,
    })
}

/// What is asked or set of a file ([MS-FSCC] section 2.4).
pub(super) fn file_info(level: u8) -> &'static [Item] {
    static BASIC: &[Item] = &[
        i(0, 8, &CREATED),
        i(8, 8, &ACCESSED),
        i(16, 8, &WRITTEN),
        i(24, 8, &CHANGED),
        b(32, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
    ];
    static STANDARD: &[Item] = &[
        i(0, 8, &ALLOCATION),
        i(8, 8, &EOF),
        i(16, 4, &LINKS),
        i(20, 1, &DELETE_PENDING),
        i(21, 1, &IS_DIRECTORY),
    ];
    static EA: &[Item] = &[i(0, 4, &EA_SIZE)];
    static ACCESS_INFO: &[Item] = &[b(0, 4, &ACCESS, ACCESS_BITS)];
    static POSITION_INFO: &[Item] = &[i(0, 8, &POSITION)];
    static ALL_INFO: &[Item] = &[
        i(0, 8, &CREATED),
        i(8, 8, &ACCESSED),
        i(16, 8, &WRITTEN),
        i(24, 8, &CHANGED),
        b(32, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
        i(40, 8, &ALLOCATION),
        i(48, 8, &EOF),
        i(56, 4, &LINKS),
        i(60, 1, &DELETE_PENDING),
        i(61, 1, &IS_DIRECTORY),
        i(64, 8, &FILE_ID),
        i(72, 4, &EA_SIZE),
        b(76, 4, &ACCESS, ACCESS_BITS),
        i(80, 8, &POSITION),
        i(96, 4, &FILENAME_LEN),
    ];
    static NETWORK: &[Item] = &[
        i(0, 8, &CREATED),
        i(8, 8, &ACCESSED),
        i(16, 8, &WRITTEN),
        i(24, 8, &CHANGED),
        i(32, 8, &ALLOCATION),
        i(40, 8, &EOF),
        b(48, 4, &ATTRIBUTES, ATTRIBUTE_BITS),
    ];
    static TAGGED: &[Item] = &[b(0, 4, &ATTRIBUTES, ATTRIBUTE_BITS)];
    static END: &[Item] = &[i(0, 8, &END_OF_FILE)];
    static SPACE: &[Item] = &[i(0, 8, &ALLOCATION_SIZE)];
    static DISPOSE: &[Item] = &[i(0, 1, &DELETE_ON_CLOSE)];
    static RENAME: &[Item] = &[i(0, 1, &REPLACE), i(16, 4, &FILENAME_LEN)];
    static NAME: &[Item] = &[i(0, 4, &FILENAME_LEN)];
    match level {
        4 => BASIC,
        5 => STANDARD,
        7 => EA,
        8 => ACCESS_INFO,
        10 => RENAME,
        13 => DISPOSE,
        14 => POSITION_INFO,
        18 => ALL_INFO,
        19 => SPACE,
        20 => END,
        21 | 48 => NAME,
        34 => NETWORK,
        35 => TAGGED,
        _ => &[],
    }
}

/// Where the name stands in what is asked or set of a file, with its length four bytes before it.
pub(super) fn info_name(level: u8) -> Option<usize> {
    match level {
        10 => Some(20),
        18 => Some(100),
        21 | 48 => Some(4),
        _ => None,
    }
}
