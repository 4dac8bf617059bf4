using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc.ApplicationParts;

namespace RvpServer.AdminConsole;

/// <summary>Registers the console: pages for administrators at the Admin URL.</summary>
internal static class ConsoleRegistration
{
    /// <summary>The authentication scheme of its cookie.</summary>
    public const string Scheme = "console";

    /// <summary>The session cookie; a browser sends it to every port of the host, and the server takes it at the Admin URL alone.</summary>
    public const string Cookie = "rvp-admin";

    // Half an hour at lunch is enough for somebody else to sit down.
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(30);

    /// <summary>Registers what the pages need.</summary>
    public static IServiceCollection AddAdminConsole(this IServiceCollection services)
    {
        services.AddSingleton<ConsoleSessions>().AddSingleton<EnablingJobs>().AddSingleton<ConsoleSelftest>().AddSingleton<ConsoleAssets>()
            .AddSingleton<FirstAdministrator>().AddHostedService(provider => provider.GetRequiredService<FirstAdministrator>());
        services.AddAuthentication(Scheme).AddCookie(Scheme);
        services.AddOptions<CookieAuthenticationOptions>(Scheme).Configure<ConsoleSessions, TimeProvider>((options, sessions, clock) =>
        {
            options.SessionStore = sessions;
            options.TimeProvider = clock;
            options.ExpireTimeSpan = IdleTime;
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "back";
            options.Events.OnValidatePrincipal = sessions.ValidateAsync;
            options.Cookie.Name = Cookie;
            options.Cookie.SameSite = SameSiteMode.Strict;
        });
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "rvp-admin-form";
            options.FormFieldName = "form";
        });
        // Only what is compiled of pages: looked for controllers too, all types of this program would be loaded, those of a cluster with Orleans among them.
        var parts = new ApplicationPartManager();
        parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(ConsoleRegistration).Assembly));
        services.AddSingleton(parts);
        services.AddRazorPages(options => options.RootDirectory = "/AdminConsole/Pages")
            .AddMvcOptions(options => options.ModelBindingMessageProvider.SetValueMustNotBeNullAccessor(_ => "Something is missing here."))
            .AddCookieTempDataProvider(options =>
            {
                options.Cookie.Name = "rvp-admin-told";
                options.Cookie.SameSite = SameSiteMode.Strict;
            });
        // At a start it would make keys of its own in the home folder; the server's are in the data folder.
        services.Remove(services.Single(service => service.ImplementationType?.Name == "DataProtectionHostedService"));
        return services;
    }
}
