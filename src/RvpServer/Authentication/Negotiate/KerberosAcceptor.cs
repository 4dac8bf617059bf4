using System.Net.Security;
using System.Runtime.InteropServices;
using RvpServer.Configuration;

namespace RvpServer.Authentication.Negotiate;

/// <summary>A ticket that was accepted.</summary>
/// <param name="Name">The owner: <c>JoBrown@ADATUM.COM</c>.</param>
/// <param name="Reply">A reply that proves the server's identity to the client; null: none.</param>
internal sealed record KerberosTicket(string Name, byte[]? Reply);

/// <summary>Accepts Kerberos tickets with the keys of a key table. Needs no key distribution center and no krb5.conf.</summary>
internal static class KerberosAcceptor
{
    private const string Scheme = "Negotiate";
    private const string Kerberos = "Kerberos";
    private const string Key = "Rvp:Authentication:KeytabFile";

    /// <summary>Once per process: checks that key table and library exist. Throws <see cref="ConfigurationException"/>.</summary>
    /// <param name="keytabFile">Null: the system's.</param>
    public static void Prepare(string? keytabFile)
    {
        if (!OperatingSystem.IsWindows()) CheckKeytab(keytabFile);
        try
        {
            // Not through the environment: the library does not see variables that .NET sets in its own process.
            if (!OperatingSystem.IsWindows() && keytabFile is not null && RegisterAcceptorIdentity(keytabFile) != 0)
            {
                throw new ConfigurationException([$"{Key} is \"{keytabFile}\": Kerberos does not take it"]);
            }
            using var probe = Create();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException or PlatformNotSupportedException)
        {
            throw new ConfigurationException(
            [
                "Rvp:Authentication:Schemes holds \"Negotiate\", but the library libgssapi_krb5 is missing: "
                    + "install libgssapi-krb5-2, or leave Negotiate out",
            ]);
        }
    }

    /// <summary>The ticket in a token; null if the token contains none for us.</summary>
    public static KerberosTicket? Accept(byte[] token)
    {
        using var acceptor = Create();
        var reply = acceptor.GetOutgoingBlob(token, out var status);
        // The status decides, and the package must be checked: with another library installed, NTLM is accepted here too.
        if (status != NegotiateAuthenticationStatusCode.Completed || acceptor.Package != Kerberos) return null;
        return acceptor.RemoteIdentity.Name is { Length: > 0 } name ? new KerberosTicket(name, reply) : null;
    }

    private static NegotiateAuthentication Create() => new(new NegotiateAuthenticationServerOptions { Package = Scheme });

    private static void CheckKeytab(string? keytabFile)
    {
        var file = keytabFile ?? Environment.GetEnvironmentVariable("KRB5_KTNAME") ?? "/etc/krb5.keytab";
        if (file.StartsWith("FILE:", StringComparison.Ordinal)) file = file["FILE:".Length..];
        else if (!file.StartsWith('/')) return; // Another kind of table, which only the library understands.
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.ReadByte() != 5) throw new IOException($"{file} is no key table"); // The file format's version: 5, then 1 or 2.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var said = keytabFile is null ? $"{Key} is missing, and the system's key table cannot be read" : $"{Key} is \"{keytabFile}\"";
            throw new ConfigurationException([$"{said}: {e.Message.ReplaceLineEndings(" ")}; Negotiate needs the keys of HTTP/host name"]);
        }
    }

    [DllImport("libgssapi_krb5.so.2", EntryPoint = "krb5_gss_register_acceptor_identity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint RegisterAcceptorIdentity([MarshalAs(UnmanagedType.LPUTF8Str)] string keytab);
}
