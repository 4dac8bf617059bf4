namespace RvpServer.Authentication.Ntlm;

/// <summary>Flags that client and server agree on. Only those that this server reads or sets. [MS-NLMP, 2.2.2.5]</summary>
[Flags]
internal enum NtlmFlags : uint
{
    None = 0,
    Unicode = 0x0000_0001,
    Oem = 0x0000_0002,
    RequestTarget = 0x0000_0004,
    Sign = 0x0000_0010,
    Ntlm = 0x0000_0200,
    AlwaysSign = 0x0000_8000,
    TargetTypeDomain = 0x0001_0000,
    ExtendedSessionSecurity = 0x0008_0000,
    TargetInfo = 0x0080_0000,
    Key128 = 0x2000_0000,
    Key56 = 0x8000_0000,
}
