using System.CommandLine;
using RvpServer.Configuration;

namespace RvpServer.Cli;

/// <summary>What every command needs to find the configuration.</summary>
/// <param name="ConfigFile">The file of <c>--config</c>; null: none.</param>
/// <param name="Environment">Production, Development, …</param>
/// <param name="ContentRoot">The folder of appsettings.json, if it is not next to the program.</param>
internal sealed record RunArguments(string? ConfigFile, string Environment, string ContentRoot)
{
    public static RunArguments Of(ParseResult parsed) => new(
        parsed.GetValue(ServerCommandLine.Config),
        System.Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? System.Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
            ?? Environments.Production,
        Directory.GetCurrentDirectory());

    /// <summary>The folder that relative paths in the configuration start from.</summary>
    public string BaseFolder => ConfigurationLoader.BaseFolder(ConfigFile, ContentRoot);

    /// <summary>Throws <see cref="ConfigurationException"/>. Must be disposed: it watches its files.</summary>
    public IConfigurationRoot LoadConfiguration(IEnumerable<KeyValuePair<string, string?>>? overrides = null) =>
        ConfigurationLoader.Load(ConfigFile, Environment, ContentRoot, overrides);

    /// <summary>Only the settings, for commands that do not run the server. Throws <see cref="ConfigurationException"/>.</summary>
    public RvpSettings LoadSettings()
    {
        var configuration = LoadConfiguration();
        using var watched = configuration as IDisposable;
        return Read(configuration);
    }

    /// <summary>
    /// The settings of a configuration that was loaded. Throws <see cref="ConfigurationException"/>, which says where it was looked for if there is none.
    /// </summary>
    public RvpSettings Read(IConfiguration configuration)
    {
        try
        {
            return RvpSettings.Read(configuration, BaseFolder);
        }
        catch (ConfigurationException wrong) when (ConfigFile is null && !configuration.GetSection("Rvp:VirtualServers").GetChildren().Any())
        {
            throw new ConfigurationException([.. wrong.Lines, ConfigurationLoader.DescribePlaces(Environment, ContentRoot)]);
        }
    }
}
