using RvpServer.Configuration;
using RvpServer.Runtime;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Storage;

/// <summary>Registers the store, which keeps the state.</summary>
internal static class StorageRegistration
{
    /// <summary>Registers the store, and the server's time, which it keeps.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, RvpSettings settings, TimeProvider clock)
    {
        services
            .AddSingleton(_ => DataLock.Take(settings.DataDirectory))
            .AddSingleton(provider => ConfiguredDatabase.OpenForServer(settings, provider.GetRequiredService<DataLock>()))
            .AddSingleton<TimeProvider>(provider =>
                TimeKeeper.Continue(provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<WallClock>(), clock));
        if (settings.Storage.Provider != StorageProvider.Sqlite)
            throw new ConfigurationException([$"Rvp:Storage:Provider is \"{settings.Storage.Provider}\": this version keeps its data in Sqlite"]);
        return AddSqlite(services)
            .AddHostedService<TimeKeeper>().AddHostedService<ImportLoop>();
    }

    private static IServiceCollection AddSqlite(IServiceCollection services) => services
        .AddSingleton(provider => (SqliteFile)provider.GetRequiredService<IDatabase>())
        .AddSingleton<SqliteStore>().AddSingleton<IStore>(provider => provider.GetRequiredService<SqliteStore>())
        .AddSingleton<IHistory, SqliteHistory>()
        .AddHostedService<StoreLoop>();
}
