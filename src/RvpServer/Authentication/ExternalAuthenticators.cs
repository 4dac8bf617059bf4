using RvpServer.Authentication.Negotiate;
using RvpServer.Authentication.Ntlm;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>Who judges proofs outside this process; null: nobody does. All throw <see cref="DirectoryException"/> where they cannot tell.</summary>
internal sealed record ExternalAuthenticators
{
    public static readonly ExternalAuthenticators None = new();

    /// <summary>Has a domain controller judge an NTLM response.</summary>
    public Func<NtlmQuestion, CancellationToken, Task<bool>>? AskDomain { get; init; }

    /// <summary>Reads a Kerberos ticket; null for one that is not for us.</summary>
    public Func<byte[], KerberosTicket?>? AcceptTicket { get; init; }

    /// <summary>Shows a password to the directory.</summary>
    public Func<Account, string, CancellationToken, Task<bool>>? AskDirectory { get; init; }
}
