using RvpServer.Configuration;
using RvpServer.Runtime;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Storage;

/// <summary>Registers the store, which keeps the state.</summary>
internal static class StorageRegistration
{
    /// <summary>
    /// Registers the store, and the server's time, which it keeps. Throws <see cref="ConfigurationException"/> for a store that this version does not support.
    /// </summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, RvpSettings settings, TimeProvider clock)
    {
        if (settings.Storage.Provider != StorageProvider.Sqlite)
            throw new ConfigurationException([$"Rvp:Storage:Provider is \"{settings.Storage.Provider}\": this version keeps its data in Sqlite"]);
        return services
            .AddSingleton(_ => SqliteFile.Prepare(Path.Combine(settings.DataDirectory, SqliteFile.Name)))
            .AddSingleton<TimeProvider>(provider =>
                TimeKeeper.Continue(provider.GetRequiredService<SqliteFile>(), provider.GetRequiredService<WallClock>(), clock))
            .AddSingleton<IStore, SqliteStore>()
            .AddHostedService<TimeKeeper>();
    }
}
