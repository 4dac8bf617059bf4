using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>
/// A certificate that follows its file: a connection that begins a second after the file has changed gets the new one, and those that are open stay. A file
/// that cannot be used, for example because only half of it is there, changes nothing and is logged once.
/// </summary>
internal sealed partial class TlsCertificate
{
    /// <summary>What is spoken: older versions are broken.</summary>
    public const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    // Reading two small files once a second costs nothing beside a handshake.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly CertificateFile file;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private SslStreamCertificateContext current;
    private string mark;
    private long lookedAt;

    /// <summary>Throws what <see cref="CertificateFile.IsFailure"/> knows: a server does not start without its certificate.</summary>
    public TlsCertificate(CertificateFile file, TimeProvider clock, ILogger<TlsCertificate> logger)
    {
        this.file = file;
        this.clock = clock;
        this.logger = logger;
        mark = file.ReadMark();
        current = file.Load();
        lookedAt = clock.GetTimestamp();
    }

    /// <summary>For Kestrel, which asks at every connection.</summary>
    public TlsHandshakeCallbackOptions Options => new()
    {
        OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(
            new SslServerAuthenticationOptions { ServerCertificateContext = Find(), EnabledSslProtocols = Protocols }),
    };

    private SslStreamCertificateContext Find()
    {
        lock (gate)
        {
            if (clock.GetElapsedTime(lookedAt) < LookInterval) return current;
            lookedAt = clock.GetTimestamp();
            try
            {
                var found = file.ReadMark();
                if (found == mark) return current;
                // Before it is loaded: a file that cannot be used is tried and logged once.
                mark = found;
                current = file.Load();
                Log.Reloaded(logger, file.Path, current.TargetCertificate.Subject, current.TargetCertificate.NotAfter);
            }
            catch (Exception failure) when (CertificateFile.IsFailure(failure))
            {
                Log.NotReloaded(logger, file.Path, failure);
            }
            return current;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "CertificateReloaded", Level = LogLevel.Information,
            Message = "New connections get the new certificate of {File}: {Subject}, good until {End}")]
        public static partial void Reloaded(ILogger logger, string file, string subject, DateTime end);

        [LoggerMessage(EventName = "CertificateNotReloaded", Level = LogLevel.Error,
            Message = "The certificate file {File} has changed and cannot be used: the old certificate stays")]
        public static partial void NotReloaded(ILogger logger, string file, Exception failure);
    }
}
