using System.Net;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Network;

namespace RvpServer.Admin;

/// <summary>Proves administrators by IM address and password, for the API and the console.</summary>
internal sealed class AdminProof(Authenticator authenticator, ImDomains domains, AdminServices services)
{
    /// <summary>Said where <see cref="IsPrivate"/> is false.</summary>
    public const string NeedsTls = "Passwords are for TLS: make Rvp:Admin:Url an https URL, or ask from the server itself.";

    /// <summary>True if nobody on the way can read a password of this request.</summary>
    public static bool IsPrivate(HttpContext context) => context.Request.IsHttps || IPAddress.IsLoopback(AddressOf(context));

    /// <summary>By the address alone, so that nobody can be taken for somebody of another organisation.</summary>
    public async ValueTask<AuthenticationResult> ProveAsync(HttpContext context, string name, string password) =>
        ImAddress.TryParse(name, out var typed) && domains.FindFor(typed) is { } domain
            ? await authenticator.ProvePasswordAsync(domain.Servers[0], name, password, AddressOf(context), context.RequestAborted)
            : new AuthenticationResult.NoCredentials();

    /// <summary>Who that is, with the roles of the moment.</summary>
    public async Task<Administrator> AdministratorOfAsync(Account account, HttpContext context) =>
        new(account.Email, AddressOf(context).ToString(), await services.Lookup.FindAsync(account, context.RequestAborted));

    private static IPAddress AddressOf(HttpContext context) => PlainAddresses.Of(context.Connection.RemoteIpAddress ?? IPAddress.None);
}
