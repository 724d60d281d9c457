//! What both versions of the protocol write alike: masks of access, options of opening, attributes, status words.

use weir_model::{Field, Holds, Kind};

/// A field and what stands inside it: bits with their masks.
pub(crate) type Bits = &'static [(u64, &'static Field)];

const fn flag(name: &'static str, title: &'static str) -> Field {
    Field::new(name, Kind::Bool, title)
}

macro_rules! fields {
    ($($name:ident = $field:expr;)*) => {
        $( pub(crate) static $name: Field = $field; )*
        /// All of them.
        pub(crate) static ALL: &[&Field] = &[$(&$name,)*];
    };
}
pub(crate) use fields;

fields! {
    FILE = Field::new("smb.file", Kind::Text, "File Name").holds(Holds::Name);
    ACCESS = Field::new("smb.access_mask", Kind::Uint(32), "Access Mask").hex();
    A_READ = flag("smb.access.read", "Read");
    A_WRITE = flag("smb.access.write", "Write");
    A_APPEND = flag("smb.access.append", "Append");
    A_READ_EA = flag("smb.access.read_ea", "Read EA");
    A_WRITE_EA = flag("smb.access.write_ea", "Write EA");
    A_EXECUTE = flag("smb.access.execute", "Execute");
    A_DELETE_CHILD = flag("smb.access.delete_child", "Delete Child");
    A_READ_ATTRIBUTES = flag("smb.access.read_attributes", "Read Attributes");
    A_WRITE_ATTRIBUTES = flag("smb.access.write_attributes", "Write Attributes");
    A_DELETE = flag("smb.access.delete", "Delete");
    A_READ_CONTROL = flag("smb.access.read_control", "Read Control");
    A_WRITE_DAC = flag("smb.access.write_dac", "Write DAC");
    A_WRITE_OWNER = flag("smb.access.write_owner", "Write Owner");
    A_SYNCHRONIZE = flag("smb.access.synchronize", "Synchronize");
    A_SYSTEM_SECURITY = flag("smb.access.system_security", "System Security");
    A_MAXIMUM = flag("smb.access.maximum_allowed", "Maximum Allowed");
    A_ALL = flag("smb.access.generic_all", "Generic All");
    A_GENERIC_EXECUTE = flag("smb.access.generic_execute", "Generic Execute");
    A_GENERIC_WRITE = flag("smb.access.generic_write", "Generic Write");
    A_GENERIC_READ = flag("smb.access.generic_read", "Generic Read");
    SHARE_ACCESS = Field::new("smb.share_access", Kind::Uint(32), "Share Access").hex();
    DISPOSITION = Field::new("smb.create.disposition", Kind::Uint(32), "Disposition").values(&[
        (0, "Supersede (supersede existing file (if it exists))"),
        (1, "Open (if file exists open it, else fail)"),
        (2, "Create (if file exists fail, else create it)"),
        (3, "Open If (if file exists open it, else create it)"),
        (4, "Overwrite (if file exists overwrite, else fail)"),
        (5, "Overwrite If (if file exists overwrite, else create it)"),
    ]);
    END_OF_FILE = Field::new("smb.end_of_file", Kind::Uint(64), "End Of File");
    ALLOCATION_SIZE = Field::new("smb.alloc_size64", Kind::Uint(64), "Allocation Size");
    OPTIONS = Field::new("smb.create_options", Kind::Uint(32), "Create Options").hex();
}

/// Bits of [`ACCESS`].
pub(crate) static ACCESS_BITS: Bits = &[
    (0x1, &A_READ),
    (0x2, &A_WRITE),
    (0x4, &A_APPEND),
    (0x8, &A_READ_EA),
    (0x10, &A_WRITE_EA),
    (0x20, &A_EXECUTE),
    (0x40, &A_DELETE_CHILD),
    (0x80, &A_READ_ATTRIBUTES),
    (0x100, &A_WRITE_ATTRIBUTES),
    (0x1_0000, &A_DELETE),
    (0x2_0000, &A_READ_CONTROL),
    (0x4_0000, &A_WRITE_DAC),
    (0x8_0000, &A_WRITE_OWNER),
    (0x10_0000, &A_SYNCHRONIZE),
    (0x100_0000, &A_SYSTEM_SECURITY),
    (0x200_0000, &A_MAXIMUM),
    (0x1000_0000, &A_ALL),
    (0x2000_0000, &A_GENERIC_EXECUTE),
    (0x4000_0000, &A_GENERIC_WRITE),
    (0x8000_0000, &A_GENERIC_READ),
];

/// Status words ([MS-ERREF] section 2.3) that file servers give.
pub(crate) static STATUS: &[(u64, &str)] = &[
    (0x0000_0000, "STATUS_SUCCESS"),
    (0x0000_0103, "STATUS_PENDING"),
    (0x0000_010b, "STATUS_NOTIFY_CLEANUP"),
    (0x0000_010c, "STATUS_NOTIFY_ENUM_DIR"),
    (0x8000_0005, "STATUS_BUFFER_OVERFLOW"),
    (0x8000_0006, "STATUS_NO_MORE_FILES"),
    (0x8000_002d, "STATUS_STOPPED_ON_SYMLINK"),
    (0xc000_0001, "STATUS_UNSUCCESSFUL"),
    (0xc000_0002, "STATUS_NOT_IMPLEMENTED"),
    (0xc000_0003, "STATUS_INVALID_INFO_CLASS"),
    (0xc000_0004, "STATUS_INFO_LENGTH_MISMATCH"),
    (0xc000_0008, "STATUS_INVALID_HANDLE"),
    (0xc000_000d, "STATUS_INVALID_PARAMETER"),
    (0xc000_000f, "STATUS_NO_SUCH_FILE"),
    (0xc000_0010, "STATUS_INVALID_DEVICE_REQUEST"),
    (0xc000_0011, "STATUS_END_OF_FILE"),
    (0xc000_0016, "STATUS_MORE_PROCESSING_REQUIRED"),
    (0xc000_0022, "STATUS_ACCESS_DENIED"),
    (0xc000_0023, "STATUS_BUFFER_TOO_SMALL"),
    (0xc000_0033, "STATUS_OBJECT_NAME_INVALID"),
    (0xc000_0034, "STATUS_OBJECT_NAME_NOT_FOUND"),
    (0xc000_0035, "STATUS_OBJECT_NAME_COLLISION"),
    (0xc000_0039, "STATUS_OBJECT_PATH_INVALID"),
    (0xc000_003a, "STATUS_OBJECT_PATH_NOT_FOUND"),
    (0xc000_0043, "STATUS_SHARING_VIOLATION"),
    (0xc000_004f, "STATUS_EAS_NOT_SUPPORTED"),
    (0xc000_0054, "STATUS_FILE_LOCK_CONFLICT"),
    (0xc000_0055, "STATUS_LOCK_NOT_GRANTED"),
    (0xc000_0056, "STATUS_DELETE_PENDING"),
    (0xc000_0061, "STATUS_PRIVILEGE_NOT_HELD"),
    (0xc000_0064, "STATUS_NO_SUCH_USER"),
    (0xc000_006a, "STATUS_WRONG_PASSWORD"),
    (0xc000_006d, "STATUS_LOGON_FAILURE"),
    (0xc000_006e, "STATUS_ACCOUNT_RESTRICTION"),
    (0xc000_006f, "STATUS_INVALID_LOGON_HOURS"),
    (0xc000_0070, "STATUS_INVALID_WORKSTATION"),
    (0xc000_0071, "STATUS_PASSWORD_EXPIRED"),
    (0xc000_0072, "STATUS_ACCOUNT_DISABLED"),
    (0xc000_007f, "STATUS_DISK_FULL"),
    (0xc000_009a, "STATUS_INSUFFICIENT_RESOURCES"),
    (0xc000_00ac, "STATUS_PIPE_NOT_AVAILABLE"),
    (0xc000_00ad, "STATUS_INVALID_PIPE_STATE"),
    (0xc000_00ae, "STATUS_PIPE_BUSY"),
    (0xc000_00b0, "STATUS_PIPE_DISCONNECTED"),
    (0xc000_00b1, "STATUS_PIPE_CLOSING"),
    (0xc000_00b5, "STATUS_IO_TIMEOUT"),
    (0xc000_00ba, "STATUS_FILE_IS_A_DIRECTORY"),
    (0xc000_00bb, "STATUS_NOT_SUPPORTED"),
    (0xc000_00c9, "STATUS_NETWORK_NAME_DELETED"),
    (0xc000_00ca, "STATUS_NETWORK_ACCESS_DENIED"),
    (0xc000_00cb, "STATUS_BAD_DEVICE_TYPE"),
    (0xc000_00cc, "STATUS_BAD_NETWORK_NAME"),
    (0xc000_00d0, "STATUS_REQUEST_NOT_ACCEPTED"),
    (0xc000_0101, "STATUS_DIRECTORY_NOT_EMPTY"),
    (0xc000_0103, "STATUS_NOT_A_DIRECTORY"),
    (0xc000_0120, "STATUS_CANCELLED"),
    (0xc000_0121, "STATUS_CANNOT_DELETE"),
    (0xc000_0128, "STATUS_FILE_CLOSED"),
    (0xc000_0133, "STATUS_TIME_DIFFERENCE_AT_DC"),
    (0xc000_014b, "STATUS_PIPE_BROKEN"),
    (0xc000_015b, "STATUS_LOGON_TYPE_NOT_GRANTED"),
    (0xc000_018d, "STATUS_TRUSTED_RELATIONSHIP_FAILURE"),
    (0xc000_0193, "STATUS_ACCOUNT_EXPIRED"),
    (0xc000_0203, "STATUS_USER_SESSION_DELETED"),
    (0xc000_0205, "STATUS_INSUFF_SERVER_RESOURCES"),
    (0xc000_0224, "STATUS_PASSWORD_MUST_CHANGE"),
    (0xc000_0225, "STATUS_NOT_FOUND"),
    (0xc000_0234, "STATUS_ACCOUNT_LOCKED_OUT"),
    (0xc000_0257, "STATUS_PATH_NOT_COVERED"),
    (0xc000_0275, "STATUS_NOT_A_REPARSE_POINT"),
    (0xc000_035c, "STATUS_NETWORK_SESSION_EXPIRED"),
    (0xc000_19ff, "STATUS_SMB_TOO_MANY_GUIDS_REQUESTED"),
];
