using System.Text.Json.Serialization;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Admin;

/// <summary>
/// The API for administrators, JSON under <c>/api/v1</c> of the Admin URL and of the command line's socket. It only carries: what may be done, and how, is
/// decided in the folder Administration.
/// </summary>
internal static class AdminApi
{
    /// <summary>Where all operations are.</summary>
    public const string Path = "/api/v1";

    /// <summary>Where they are described.</summary>
    public const string DocumentPath = "/api/{documentName}/openapi.json";

    private const string Document = "v1";

    /// <summary>Handles requests for the API in a separate pipeline; the rest of <paramref name="app"/> never sees them.</summary>
    public static IApplicationBuilder UseAdminApi(this IApplicationBuilder app) => app.MapWhen(IsMeant, api =>
    {
        var hosts = new AdminHosts(app.ApplicationServices.GetRequiredService<AdminOptions>());
        api.MapWhen(context => !Listeners.IsAdminSocket(context) && !hosts.Contain(HostHeader.Of(context.Request)),
            branch => branch.Run(context => AdminEndpoint.WriteAsync(context, StatusCodes.Status421MisdirectedRequest, AdminHosts.Refusal)));
        api.UseProblems();
        api.UseRouting();
        // What the operations are is no secret.
        api.UseWhen(context => context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is null, ApiCaller.UseCallers);
        api.UseEndpoints(endpoints =>
        {
            endpoints.MapOpenApi(DocumentPath).WithMetadata(new OpenToAll());
            var group = endpoints.MapGroup(Path);
            AccountApi.Map(group);
            LiveApi.Map(group);
            RolesApi.Map(group);
            ServerApi.Map(group);
        });
        api.Run(context => ApiProblem.WriteAsync(
            context, StatusCodes.Status404NotFound, ApiProblem.Request, $"There is no such operation: {Path}/openapi.json lists all."));
    });

    /// <summary>Registers what the API needs.</summary>
    public static IServiceCollection AddAdminApi(this IServiceCollection services) => services
        .AddRouting()
        .AddSingleton<LiveAccounts>().AddSingleton<AdminProof>()
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
        .ConfigureHttpJsonOptions(options =>
        {
            // A member that is mistyped must not be one that is left out.
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
        })
        .AddOpenApi(Document, options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "RvpServer administration";
            document.Info.Description = "Accounts, roles, the audit log and the state of the server. See docs/administration.md.";
            // Whoever asks knows where the server is; behind a proxy it does not.
            document.Servers = [];
            return Task.CompletedTask;
        }));

    private static bool IsMeant(HttpContext context) => Listeners.IsAdmin(context) && context.Request.Path.StartsWithSegments("/api");

    private sealed class OpenToAll;
}
