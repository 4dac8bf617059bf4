namespace RvpServer.Configuration;

/// <summary>Reads the URLs where Kestrel listens for RVP.</summary>
internal static class ListeningUrls
{
    // For a container or service without any setting: RVP's standard port. [white paper]
    public const string Default = "http://*:80";

    /// <summary>The addresses of <c>Urls</c>; empty if <c>Kestrel:Endpoints</c> replace them, as in ASP.NET Core.</summary>
    public static IReadOnlyList<BindingAddress> Read(IConfiguration configuration, Mistakes mistakes)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any()) return [];
        var addresses = new List<BindingAddress>();
        var text = configuration["Urls"] is { Length: > 0 } urls ? urls : Default;
        foreach (var url in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (TryParse(url) is { } address) addresses.Add(address);
            else mistakes.Add("Urls", url, "write http or https, an IP address, localhost or *, and a port, for example http://*:80");
        }
        return addresses;
    }

    private static BindingAddress? TryParse(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.PathBase.Length == 0 && !address.IsNamedPipe && address.Port is >= 0 and <= 65535
                ? address
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
