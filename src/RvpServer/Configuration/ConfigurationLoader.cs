namespace RvpServer.Configuration;

/// <summary>
/// Combines the sources of configuration, later ones on top: appsettings.json, appsettings.{Environment}.json, the file of <c>--config</c>, environment
/// variables, and overrides by the caller.
/// </summary>
internal static class ConfigurationLoader
{
    /// <summary>
    /// Throws <see cref="ConfigurationException"/> for a file that is missing or not JSON. Files are watched until disposal: log levels change without a
    /// restart.
    /// </summary>
    /// <param name="configFile">The file of <c>--config</c>, relative to the working directory; null: none.</param>
    /// <param name="environment">Production, Development, …</param>
    /// <param name="contentRoot">The first place to look for appsettings files; the second is the program's folder.</param>
    /// <param name="overrides">Override everything else.</param>
    public static IConfigurationRoot Load(
        string? configFile, string environment, string contentRoot, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        string?[] files = [FindSettings("appsettings.json", contentRoot), FindSettings($"appsettings.{environment}.json", contentRoot), FindGiven(configFile)];
        var builder = new ConfigurationBuilder();
        var replaced = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        // From the topmost file down, since each file gives way to those above it.
        foreach (var file in files.Reverse())
        {
            if (file is null) continue;
            builder.Sources.Insert(0, JsonLayer.Of(file, [.. replaced], watch: true));
            replaced.UnionWith(JsonLayer.ListsIn(file));
        }
        // Above the files, unlike in ASP.NET Core's host: ASPNETCORE_URLS must override the Urls in the shipped file.
        builder.AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables();
        if (overrides is not null) builder.AddInMemoryCollection(overrides);
        return JsonLayer.BuildRoot(builder);
    }

    /// <summary>The folder that relative paths start from: that of <c>--config</c>'s file, otherwise the content root.</summary>
    public static string BaseFolder(string? configFile, string contentRoot) =>
        configFile is null ? Path.GetFullPath(contentRoot) : Path.GetDirectoryName(Path.GetFullPath(configFile))!;

    /// <summary>A line that says where it was looked for without <c>--config</c>, and what was found.</summary>
    public static string DescribePlaces(string environment, string contentRoot)
    {
        string[] names = ["appsettings.json", $"appsettings.{environment}.json"];
        var read = names.Select(name => FindSettings(name, contentRoot)).OfType<string>().ToList();
        var missing = names.SelectMany(name => PlacesOf(name, contentRoot)).Distinct().Where(file => !File.Exists(file));
        return $"Without --config FILE, {(read.Count > 0 ? string.Join(" and ", read) : "no file")} was read; there is no {string.Join(", no ", missing)}";
    }

    private static string? FindGiven(string? configFile)
    {
        if (configFile is null) return null;
        var file = Path.GetFullPath(configFile);
        try
        {
            using (File.OpenRead(file)) return file;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException([$"--config \"{configFile}\": there is no file {file}"]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(
                [$"--config \"{configFile}\": {System.Environment.UserName} cannot read {file}: {failure.Message.ReplaceLineEndings(" ")}"]);
        }
    }

    private static string? FindSettings(string name, string contentRoot) => Array.Find(PlacesOf(name, contentRoot), File.Exists);

    private static string[] PlacesOf(string name, string contentRoot) =>
        [Path.Combine(Path.GetFullPath(contentRoot), name), Path.Combine(AppContext.BaseDirectory, name)];
}
