namespace RvpServer.Configuration;

/// <summary>
/// Lays the sources of configuration on top of each other: appsettings.json, appsettings.{Environment}.json, the file of <c>--config</c>,
/// environment variables, and what the caller overrides.
/// </summary>
internal static class ConfigurationLoader
{
    /// <summary>Throws <see cref="ConfigurationException"/> for a file that is missing or no JSON. Files are watched until disposal: log levels
    /// change without a restart.</summary>
    /// <param name="configFile">The file of <c>--config</c>, relative to the working directory; null: none.</param>
    /// <param name="environment">Production, Development, …</param>
    /// <param name="contentRoot">Where appsettings files are looked for first; then beside the program.</param>
    /// <param name="overrides">On top of everything else.</param>
    public static IConfigurationRoot Load(
        string? configFile, string environment, string contentRoot, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        string?[] files = [FindSettings("appsettings.json", contentRoot), FindSettings($"appsettings.{environment}.json", contentRoot), FindGiven(configFile)];
        var builder = new ConfigurationBuilder();
        var replaced = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        // From the topmost file down, since a file yields to those above it.
        foreach (var file in files.Reverse())
        {
            if (file is null) continue;
            builder.Sources.Insert(0, JsonLayer.Of(file, [.. replaced], watch: true));
            replaced.UnionWith(JsonLayer.ListsIn(file));
        }
        // Above the files, unlike ASP.NET Core's host: ASPNETCORE_URLS must win over the Urls that are shipped.
        builder.AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables();
        if (overrides is not null) builder.AddInMemoryCollection(overrides);
        return JsonLayer.BuildRoot(builder);
    }

    /// <summary>What relative paths are relative to: the folder of <c>--config</c>'s file, else the content root.</summary>
    public static string BaseFolder(string? configFile, string contentRoot) =>
        configFile is null ? Path.GetFullPath(contentRoot) : Path.GetDirectoryName(Path.GetFullPath(configFile))!;

    private static string? FindGiven(string? configFile)
    {
        if (configFile is null) return null;
        var file = Path.GetFullPath(configFile);
        return File.Exists(file) ? file : throw new ConfigurationException([$"--config \"{configFile}\": there is no file {file}"]);
    }

    private static string? FindSettings(string name, string contentRoot)
    {
        string[] places = [Path.Combine(Path.GetFullPath(contentRoot), name), Path.Combine(AppContext.BaseDirectory, name)];
        return Array.Find(places, File.Exists);
    }
}
