using RvpServer.Authentication.Negotiate;
using RvpServer.Authentication.Ntlm;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>Authenticators outside this process; null: there is none. All throw <see cref="DirectoryException"/> when they cannot decide.</summary>
internal sealed record ExternalAuthenticators
{
    public static readonly ExternalAuthenticators None = new();

    /// <summary>Asks a domain controller about an NTLM response.</summary>
    public Func<NtlmQuestion, CancellationToken, Task<bool>>? AskDomain { get; init; }

    /// <summary>Reads a Kerberos ticket; null for one that is not for us.</summary>
    public Func<byte[], KerberosTicket?>? AcceptTicket { get; init; }

    /// <summary>Sends a password to the directory.</summary>
    public Func<Account, string, CancellationToken, Task<bool>>? AskDirectory { get; init; }
}
