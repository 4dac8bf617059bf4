using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Configuration;
using Orleans.Hosting;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Home;
using RvpServer.Nodes;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;
using MemberOptions = Orleans.Configuration.ClusterOptions;

namespace RvpServer.Cluster;

/// <summary>Makes this process one of several that are one home server.</summary>
internal static class ClusterRegistration
{
    // Some wait for the database. The pool has one for each core, and adds none for up to a second: everybody would wait, and the other processes too.
    private const int LeastThreads = 16;

    // In one database there is one cluster.
    private const string Name = "rvpserver";

    /// <summary>Does nothing where the cluster is off: then nothing of Orleans is loaded.</summary>
    public static void AddCluster(this WebApplicationBuilder builder, RvpSettings settings)
    {
        if (settings.Cluster.Enabled) Join(builder, settings);
    }

    private static void Join(WebApplicationBuilder builder, RvpSettings settings)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastThreads), completions);
        var services = builder.Services;
        services.AddSingleton<ClusterCertificate>().AddSingleton<Draining>().AddSingleton<Members>().AddSingleton<OtherMembers>().AddSingleton<ShardGrains>()
            .AddSingleton<StoreWatch>().AddSingleton<Front>().AddSingleton<Wakers>().AddSingleton<NewsElsewhere>().AddSingleton<ShardOpening>()
            .AddSingleton<ShardDoubts>().AddSingleton<INodes, ClusterNodes>().AddSingleton<ILiveNodes, ClusterLiveNodes>().AddSingleton<IMoves, ClusterMoves>()
            .AddSingleton<IFormerNodes, FormerNodes>();
        services.AddSingleton<Rehearsal>().AddHostedService(provider => provider.GetRequiredService<Rehearsal>());
        builder.Host.UseOrleans(silo => Configure(silo, settings));
        // After Orleans: they stop before it does.
        services.AddHostedService<ShardKeeper>().AddHostedService<WrongGuesses>().AddHostedService<MoveNews>()
            .AddHostedService(provider => provider.GetRequiredService<StoreWatch>()).AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddHealthChecks().Add(new HealthCheckRegistration("cluster", provider => provider.GetRequiredService<Draining>(), null, null));
    }

    private static void Configure(ISiloBuilder silo, RvpSettings settings)
    {
        var listen = IPEndPoint.Parse(settings.Cluster.Listen!);
        silo.Configure<MemberOptions>(options => (options.ClusterId, options.ServiceId) = (Name, Name));
        silo.ConfigureEndpoints(listen.Address, listen.Port, 0);
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<ClusterCertificate>((options, certificate) => certificate.Secure(options));
        silo.UseAdoNetClustering(options =>
            (options.Invariant, options.ConnectionString) = (PostgresDatabase.Library, ConfiguredDatabase.ConnectionOfMembers(settings)));
        silo.Services.AddOptions<SiloOptions>().Configure<PostgresDatabase>((options, database) => options.SiloName = Draining.NameOf(database.Process));
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(15));
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            // A process that is frozen is noticed only as soon as the longest probe says.
            (options.ProbeTimeout, options.MaxProbeTimeout) = (settings.Cluster.ProbeTimeout, settings.Cluster.ProbeTimeout);
            options.MinProbeTimeout = settings.Cluster.ProbeTimeout / 2;
            (options.NumMissedProbesLimit, options.NumVotesForDeathDeclaration) = (3, 2);
            options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
        });
        // The usual one throws out shards that live, with every process that goes.
#pragma warning disable ORLEANSEXP003
        silo.AddDistributedGrainDirectory();
        // The store keeps the dead from writing: nobody need wait for what they may still believe.
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
#pragma warning restore ORLEANSEXP003
        silo.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>().AddPlacementDirector<MemberPlacement, MemberPlacementDirector>();
    }
}
