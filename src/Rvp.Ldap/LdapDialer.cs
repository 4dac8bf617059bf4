using System.Formats.Asn1;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rvp.Ldap;

/// <summary>Makes connections: TCP, then TLS if configured, then the sign-in.</summary>
internal sealed class LdapDialer(LdapSettings settings, TimeProvider time)
{
    private const int PlainPort = 389;
    private const int TlsPort = 636;
    private const int KeepAliveSeconds = 60;

    /// <summary>
    /// A connection signed in as <paramref name="dn"/> (null: anonymous). Throws <see cref="LdapConnectionException"/> when no connection can be made,
    /// <see cref="LdapException"/> when the sign-in is refused.
    /// </summary>
    public async Task<LdapConnection> DialAsync(Uri server, string? dn, string? password, CancellationToken stop)
    {
        LdapConnection connection;
        Stream? stream = null;
        try
        {
            stream = await ConnectAsync(server, stop);
            if (!LdapSettings.IsLdaps(server) && settings.StartTls) await StartTlsAsync(stream, stop);
            if (settings.Encrypts(server)) stream = await EncryptAsync(stream, server.DnsSafeHost, stop);
            connection = new LdapConnection(server, stream, settings.Encrypts(server), time);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or AsnContentException
            or CryptographicException or UnauthorizedAccessException)
        {
            if (stream is not null) await stream.DisposeAsync();
            throw new LdapConnectionException(Explain(e), e);
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync();
            throw;
        }
        try
        {
            if (dn is not null) await connection.BindAsync(dn, password ?? "", stop);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> ConnectAsync(Uri server, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var port = server.Port > 0 ? server.Port : LdapSettings.IsLdaps(server) ? TlsPort : PlainPort;
            await socket.ConnectAsync(server.DnsSafeHost, port, stop);
            // Without this, a firewall that drops idle connections would make the first request after a quiet night wait for its time-out.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task StartTlsAsync(Stream stream, CancellationToken stop)
    {
        await stream.WriteAsync(LdapRequests.StartTls(1), stop);
        var message = await LdapFraming.ReadAsync(stream, stop) ?? throw new LdapConnectionException("the server closed the connection");
        if (LdapAnswer.Read(message) is not { Id: 1, Result: { } result })
        {
            throw new LdapConnectionException("the server answered StartTLS with something else");
        }
        if (result.Code != LdapResultCode.Success) throw new LdapConnectionException($"the server refuses StartTLS: {result.Code} {result.Text}");
    }

    private async Task<Stream> EncryptAsync(Stream plain, string host, CancellationToken stop)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            var options = new SslClientAuthenticationOptions { TargetHost = host };
            if (settings.CaFile is { } file)
            {
                // A private authority seldom publishes revocation lists, and looking for them would block the connection.
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPemFile(file);
                options.CertificateChainPolicy = policy;
            }
            await tls.AuthenticateAsClientAsync(options, stop);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private string Explain(Exception e) => e switch
    {
        AuthenticationException => $"no TLS: {e.Message}",
        CryptographicException or UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException =>
            $"cannot read {settings.CaFile}: {e.Message}",
        _ => e.Message,
    };
}
