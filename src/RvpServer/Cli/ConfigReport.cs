using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Cli;

/// <summary>The server that a configuration makes; the property names are what <c>--json</c> prints.</summary>
/// <param name="VirtualServers">In the order of the configuration.</param>
/// <param name="ListeningUrls">Where it listens for RVP.</param>
/// <param name="Certificates">Those in files.</param>
/// <param name="AdminUrl">Where it listens for administrators; null: nowhere.</param>
/// <param name="DataDirectory">Absolute.</param>
/// <param name="RunsAs">The process in which it runs; null: it does not.</param>
/// <param name="Warnings">What starts, and is hardly what was meant.</param>
internal sealed record ConfigReport(
    IReadOnlyList<ReportedServer> VirtualServers, IReadOnlyList<string> ListeningUrls, IReadOnlyList<ReportedCertificate> Certificates, string? AdminUrl,
    string DataDirectory, int? RunsAs, IReadOnlyList<string> Warnings)
{
    /// <summary>Where passwords that are set here hold, if not on all home servers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Passwords { get; init; }

    /// <summary>Throws <see cref="ConfigurationException"/> for a certificate that cannot be used.</summary>
    public static ConfigReport Of(RvpSettings settings, IConfiguration configuration) => new(
        [.. settings.VirtualServers.Select(ReportedServer.Of)],
        [.. settings.Urls.Count > 0
            ? settings.Urls.Select(u => u.ToString())
            : configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(e => e["Url"] ?? e.Key)],
        [.. settings.HttpsEndpoints.Select(endpoint => endpoint.Certificate).OfType<CertificateFile>().Distinct()
            .Select(file => ReportedCertificate.Of(file, settings.VirtualServers, WallClock.OfMachine.GetUtcNow().UtcDateTime))],
        settings.Admin.Url?.ToString(),
        settings.DataDirectory,
        null,
        [])
    {
        Passwords = settings.Directories.FirstOrDefault(one => one.Options is { Provider: DirectoryProvider.Ldap, Ldap.Attributes.Secrets: null }) is { } own
            ? $"those of user passwd hold on this machine alone; {own.Key}:Ldap:Attributes:Secrets shares them with all home servers" : null,
    };

    /// <summary>For people.</summary>
    public void Print(TextWriter output)
    {
        foreach (var server in VirtualServers)
        {
            output.WriteLine($"{server.Name}: {server.Role} of {server.Domain}");
            output.WriteLine($"  public URL  {server.PublicUrl}");
            output.WriteLine($"  host names  {string.Join(", ", server.HostNames)}");
        }
        output.WriteLine($"listening at  {string.Join(", ", ListeningUrls)}");
        foreach (var certificate in Certificates)
        {
            output.WriteLine($"certificate   {certificate.File}: {certificate.Subject}, good until {certificate.ValidUntil:yyyy-MM-dd}");
            foreach (var remark in certificate.Remarks) output.WriteLine($"  attention   {remark}");
        }
        output.WriteLine($"admin URL     {AdminUrl ?? "none"}");
        output.WriteLine($"data          {DataDirectory}");
        if (Passwords is { } passwords) output.WriteLine($"passwords     {passwords}");
        if (RunsAs is { } process) output.WriteLine($"runs          as process {process}");
        foreach (var warning in Warnings) output.WriteLine($"warning: {warning}");
        output.WriteLine("The configuration is valid.");
    }
}

/// <summary>A virtual server.</summary>
internal sealed record ReportedServer(string Name, string Role, string Domain, IReadOnlyList<string> HostNames, string PublicUrl)
{
    public static ReportedServer Of(VirtualServer server) => new(server.Name, server.Role.ToString(), server.Domain, server.HostNames, server.PublicUrl);
}

/// <summary>A certificate, and what an administrator should know about it.</summary>
internal sealed record ReportedCertificate(string File, string Subject, DateTime ValidUntil, IReadOnlyList<string> Remarks)
{
    // Renewed a month before, as certificates from ACME are, it is never as near as this.
    private const int DaysBefore = 14;

    /// <summary>Throws <see cref="ConfigurationException"/> for a file that cannot be used.</summary>
    public static ReportedCertificate Of(CertificateFile file, IEnumerable<VirtualServer> servers, DateTime now)
    {
        try
        {
            var certificate = file.Load().TargetCertificate;
            return new ReportedCertificate(
                file.Path, certificate.Subject, certificate.NotAfter.ToUniversalTime(), [.. RemarksOn(file, certificate, servers, now)]);
        }
        catch (Exception failure) when (CertificateFile.IsFailure(failure))
        {
            throw new ConfigurationException([$"The certificate {file.Path} cannot be used: {failure.Message}"]);
        }
    }

    private static IEnumerable<string> RemarksOn(CertificateFile file, X509Certificate2 certificate, IEnumerable<VirtualServer> servers, DateTime now)
    {
        var left = (certificate.NotAfter.ToUniversalTime() - now).TotalDays;
        if (certificate.NotBefore.ToUniversalTime() > now) yield return "it is not good yet";
        if (left < 0) yield return "it has run out: browsers refuse it";
        else if (left < DaysBefore) yield return string.Create(CultureInfo.InvariantCulture, $"it runs out in {left:0} days: is it renewed?");
        var keyFile = file.KeyPath ?? file.Path;
        if (FileModes.IsOpenToOthers(keyFile)) yield return $"everybody on this machine can read its key: chmod o-rwx {keyFile}";
        if (certificate.Subject == certificate.Issuer) yield return "it is signed by itself: browsers warn of it";
        // The web client is at the home servers.
        var missing = servers.Where(server => server.Role == Role.Home).SelectMany(server => server.HostNames).Distinct()
            .Where(host => !certificate.MatchesHostname(host.Trim('[', ']'))).ToList();
        if (missing.Count > 0) yield return $"it does not name {string.Join(", ", missing)}";
    }
}
