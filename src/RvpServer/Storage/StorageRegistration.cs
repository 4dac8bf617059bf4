using RvpServer.Configuration;
using RvpServer.Runtime;
using RvpServer.Storage.Postgres;
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
        return (settings.Storage.Provider == StorageProvider.Postgres ? AddPostgres(services, settings.Cluster.Enabled) : AddSqlite(services))
            .AddHostedService<TimeKeeper>().AddHostedService<ImportLoop>();
    }

    private static IServiceCollection AddSqlite(IServiceCollection services) => services
        .AddSingleton(provider => (SqliteFile)provider.GetRequiredService<IDatabase>())
        .AddSingleton<SqliteStore>().AddSingleton<IStore>(provider => provider.GetRequiredService<SqliteStore>())
        .AddSingleton<IHistory, SqliteHistory>()
        .AddHostedService<StoreLoop>();

    private static IServiceCollection AddPostgres(IServiceCollection services, bool isOneOfMany) => services
        .AddSingleton(provider => (PostgresDatabase)provider.GetRequiredService<IDatabase>())
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<PostgresStore>(provider, isOneOfMany))
        .AddSingleton<IStore>(provider => provider.GetRequiredService<PostgresStore>())
        .AddSingleton<IHistory, PostgresHistory>()
        .AddHostedService<PostgresLoop>();
}
