using Microsoft.AspNetCore.DataProtection;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Web;

/// <summary>
/// Encrypts the web client's cookie under a key of the organisation, where its servers share one: so a session goes on when its person has moved to another.
/// </summary>
internal sealed class OrganisationProtector(OrganisationKey key) : IDataProtector
{
    private readonly Sealing sealing = new(key.Derive("web sessions"));

    /// <inheritdoc/>
    public byte[] Protect(byte[] plaintext) => sealing.Close(plaintext);

    /// <inheritdoc/>
    public byte[] Unprotect(byte[] protectedData) => sealing.Open(protectedData);

    /// <inheritdoc/>
    public IDataProtector CreateProtector(string purpose) => throw new NotSupportedException("It is for one purpose.");
}
