using Rvp.Protocol;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Authentication.Negotiate;

/// <summary>
/// Kerberos under the name Negotiate. Decision: a ticket proves only the request that contains it, so it may come through a front proxy. NTLM messages under
/// this name are handled by <see cref="NtlmHandler"/>; NTLM wrapped in SPNEGO is not supported, and its clients continue with the next scheme. [RFC 4559]
/// </summary>
internal sealed partial class NegotiateHandler(
    WindowsNames names, IDirectory directory, Func<byte[], KerberosTicket?> accept, NtlmHandler ntlm, ILogger logger)
{
    /// <summary>Also the whole challenge.</summary>
    public const string SchemeName = "Negotiate";

    private static readonly AuthenticationResult Failed = new AuthenticationResult.Failed(IsStale: false);

    private static readonly AuthenticationResult Broken =
        new AuthenticationResult.Malformed(Refusal.BadRequest("The Authorization header is no Negotiate token that this server can read."));

    /// <summary>Checks the base64 token after the word Negotiate; <paramref name="items"/> is null if NTLM cannot be used.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(
        HttpContext context, IDictionary<object, object?>? items, VirtualServer server, string base64, CancellationToken stop)
    {
        var token = new byte[base64.Length * 3 / 4];
        if (base64.Length == 0 || !Convert.TryFromBase64String(base64, token, out var length)) return Broken;
        token = token[..length];
        if (token.AsSpan().StartsWith(NtlmMessage.Signature))
            return items is null ? new AuthenticationResult.NoCredentials() : await ntlm.AuthenticateAsync(context, items, server, SchemeName, base64, stop);

        if (items is not null) NtlmConnection.EndExchange(items);
        if (accept(token) is not { } ticket)
        {
            Log.NotAccepted(logger, context.Connection.RemoteIpAddress);
            return Failed;
        }
        try
        {
            var account = SignInNameOf(server.Domain, ticket.Name) is { } name ? await directory.FindBySignInNameAsync(server.Domain, name, stop) : null;
            if (account is not { IsEnabled: true })
            {
                Log.NobodyOfOurs(logger, ticket.Name, server.Domain);
                return Failed;
            }
            if (ticket.Reply is { Length: > 0 } reply) context.Response.Headers.WWWAuthenticate = SchemeName + " " + Convert.ToBase64String(reply);
            return new AuthenticationResult.Proven(account, Credentials.Ntlm, await directory.FindStampAsync(account, stop));
        }
        catch (DirectoryException e)
        {
            Log.DirectoryFailed(logger, e, ticket.Name);
            return new AuthenticationResult.Unavailable();
        }
    }

    // Tickets of realms that ours trusts are valid too, and people there may have the same names as people here. Windows writes ADATUM\JoBrown.
    private SignInName? SignInNameOf(string imDomain, string name)
    {
        var slash = name.IndexOf('\\', StringComparison.Ordinal);
        if (slash >= 0)
        {
            var isOurs = name[..slash].Equals(names.NtlmDomainOf(imDomain), StringComparison.OrdinalIgnoreCase);
            return isOurs ? new SignInName(name[(slash + 1)..], null) : null;
        }
        var signIn = SignInName.OfPrincipal(name, names.RealmOf(imDomain));
        return signIn.AccountName is { Length: > 0 } ? signIn : null;
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "TicketNotAccepted", Level = LogLevel.Information,
            Message = "A Negotiate token from {Address} holds no ticket for this server")]
        public static partial void NotAccepted(ILogger logger, System.Net.IPAddress? address);

        [LoggerMessage(EventName = "TicketOfNobody", Level = LogLevel.Information, Message = "{Principal} has a ticket, but no account in {Domain}")]
        public static partial void NobodyOfOurs(ILogger logger, string principal, string domain);

        [LoggerMessage(EventName = "DirectoryUnavailable", Level = LogLevel.Warning, Message = "The directory cannot tell who {Principal} is")]
        public static partial void DirectoryFailed(ILogger logger, Exception exception, string principal);
    }
}
