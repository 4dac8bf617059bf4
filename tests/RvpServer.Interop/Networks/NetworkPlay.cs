using RvpServer.Interop.Pidgin;
using Xunit.Abstractions;

namespace RvpServer.Interop.Networks;

/// <summary>A play on the lab's network. What was started for it ends with it; what everybody heard and did is shown where it failed.</summary>
public abstract class NetworkPlay(Lab lab, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<LabOrganisation> organisations = [];
    private readonly List<(string Who, PurpleClient Client)> clients = [];

    /// <summary>The network.</summary>
    protected Lab Lab { get; } = lab;

    /// <inheritdoc/>
    public abstract Task InitializeAsync();

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (var (who, client) in clients)
        {
            output.WriteLine($"{who}:\n{client.Transcript}");
            await client.DisposeAsync();
        }
        foreach (var organisation in organisations)
        {
            output.WriteLine(organisation.Log);
            await organisation.DisposeAsync();
        }
    }

    private protected async Task<LabOrganisation> StartAsync(Task<LabOrganisation> starting)
    {
        var organisation = await starting;
        organisations.Add(organisation);
        return organisation;
    }

    private protected PurpleClient Pidgin(LabOrganisation organisation, Resident person, string host)
    {
        var client = organisation.PidginOf(person, host);
        clients.Add(($"{client.Address} on {host}", client));
        return client;
    }
}
