namespace RvpServer.Configuration;

/// <summary>Gives every part its own section of the validated configuration.</summary>
internal static class SettingsRegistration
{
    /// <summary>Registers the settings and each of their sections.</summary>
    public static IServiceCollection AddSettings(this IServiceCollection services, RvpSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton(settings.Admin)
        .AddSingleton(settings.Authentication)
        .AddSingleton(settings.WindowsNames)
        .AddSingleton(settings.Delivery)
        .AddSingleton(settings.Dns)
        .AddSingleton(settings.Federation)
        .AddSingleton(settings.Firewall)
        .AddSingleton(settings.Limits)
        .AddSingleton(settings.WebClient)
        .AddSingleton<KeptHistory>();
}
