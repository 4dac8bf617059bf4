using System.Collections.Frozen;

namespace RvpServer.Configuration;

/// <summary>What holds for one IM domain of this process.</summary>
/// <param name="Name">In ASCII and lower case.</param>
/// <param name="Brand">How its web client looks.</param>
/// <param name="ProtocolLog">Where the lines of its requests go; a domain without a folder of its own has that of all.</param>
/// <param name="Limits">How much of this process it may have.</param>
/// <param name="KeepsHistory">Whether its people's messages are kept as their history.</param>
internal sealed record DomainSettings(string Name, Brand Brand, ProtocolLogOptions ProtocolLog, DomainLimitsOptions Limits, bool KeepsHistory)
{
    /// <summary>Those of each IM domain that a virtual server belongs to. Notes what is wrong with the files that they name.</summary>
    public static FrozenDictionary<string, DomainSettings> ReadAll(RvpOptions options, string baseFolder, Mistakes mistakes)
    {
        var own = options.Domains.ToDictionary(domain => RvpSettings.InAscii(domain.Key), domain => domain);
        var shared = Brand.Read("Rvp:WebClient", options.WebClient, baseFolder, mistakes);
        var log = options.ProtocolLog with { Directory = PathChecks.FolderOf(options.ProtocolLog.Directory, baseFolder) };
        return options.VirtualServers.Select(server => RvpSettings.InAscii(server.Domain)).Distinct().Select(Read).ToFrozenDictionary(domain => domain.Name);

        DomainSettings Read(string name) => own.TryGetValue(name, out var found)
            ? new(name, Brand.Read($"Rvp:Domains:{found.Key}:WebClient", found.Value.WebClient, baseFolder, mistakes).Over(shared),
                LogOf(found.Value.ProtocolLog), found.Value.Limits,
                found.Value.Messages.Archive ?? options.Messages.Archive)
            : new(name, shared, log, new DomainLimitsOptions(), options.Messages.Archive);

        ProtocolLogOptions LogOf(DomainLogOptions own) => new()
        {
            Enabled = own.Enabled ?? log.Enabled,
            Directory = own.Directory is { } folder ? PathChecks.FolderOf(folder, baseFolder) : log.Directory,
            RetainedFiles = own.RetainedFiles ?? log.RetainedFiles,
        };
    }
}
