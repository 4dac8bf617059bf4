using Rvp.Engine;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Home.Moves;
using RvpServer.Nodes;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>Registers the nodes of this process and the services that run them.</summary>
internal static class HomeRegistration
{
    public static IServiceCollection AddHome(this IServiceCollection services, RvpSettings settings) => services
        .AddSingleton(new Rules
        {
            StateLease = settings.Presence.StateLease,
            SubscriptionLifetime = settings.Presence.SubscriptionLifetime,
            NewAccountAccess = settings.Presence.NewAccountAccess,
            IsBlockingPolite = settings.Presence.Blocking == Blocking.Polite,
            KeepsMessages = settings.Messages.Offline,
            Polling = PollLimits.Default with { MaxEntries = settings.Polling.MaxQueuedNotifications, MaxAge = LongestWait(settings) },
        })
        .AddSingleton(InboxRoom.Of(settings.Polling.MaxTotalMebibytes)).AddSingleton<HandOvers>()
        .AddSingleton(provider => new WaitingMessages(provider.GetRequiredService<TimeProvider>(), settings.Push.Enabled))
        .AddSingleton<HomeMetrics>().AddSingleton<SignInLog>()
        .AddSingleton<UrlPool>().AddSingleton<IdSource>().AddSingleton<LeaseTimer>()
        .AddSingleton<PollWaiters>().AddHostedService(provider => provider.GetRequiredService<PollWaiters>())
        .AddSingleton<FreshSubscriptions>().AddSingleton(new KeepMissing(settings.Directory.KeepMissing))
        .AddSingleton<Reports>().AddSingleton<IBelongings, HistoryBelongings>()
        .AddSingleton(provider => ShardsOf(provider.GetRequiredService<IStore>(), settings))
        .AddSingleton<NewsJournal>().AddSingleton<LatePresence>().AddHostedService(provider => provider.GetRequiredService<LatePresence>())
        .AddSingleton<NodeTurns>().AddSingleton<NodeLoading>().AddSingleton<LongPoll>()
        .AddSingleton<LocalLiveNodes>().AddSingleton<ILiveNodes>(provider => provider.GetRequiredService<LocalLiveNodes>())
        .AddSingleton<LocalNodes>().AddSingleton<INodes>(provider => provider.GetRequiredService<LocalNodes>())
        .AddHostedService<LeaseService>().AddHostedService<CallbackService>().AddHostedService<OwedNewsService>().AddHostedService<AccountService>()
        .AddHostedService<HandOverService>().AddHostedService<HistoryService>()
        .AddSingleton<Arrivals>().AddSingleton<MoveService>().AddSingleton<IMoves>(provider => provider.GetRequiredService<MoveService>())
        .AddHostedService(provider => provider.GetRequiredService<MoveService>()).AddHostedService<MoveNotes>();

    private static Shards ShardsOf(IStore store, RvpSettings settings) => settings.Cluster.Enabled ? Shards.None(store.Shards) : Shards.All(store.Shards);

    private static TimeSpan LongestWait(RvpSettings settings) =>
        settings.Messages.Offline && settings.Messages.OfflineLifetime > settings.Polling.MaxAge ? settings.Messages.OfflineLifetime : settings.Polling.MaxAge;
}
