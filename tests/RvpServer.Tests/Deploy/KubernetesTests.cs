using k8s;
using k8s.Models;
using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Tests.Deploy;

/// <summary>The manifests of a cluster, read as Kubernetes' own types: a key that these do not know is a mistake.</summary>
public class KubernetesTests
{
    private const string Folder = "deploy/examples/cluster/kubernetes";
    private const string PodAddress = "10.1.0.21";

    private static readonly string[] Files = [.. Directory.GetFiles(Repository.PathOf(Folder)).Order(StringComparer.Ordinal)];
    private static readonly List<object> All =
        [.. Files.Where(file => !IsKustomization(file)).SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), strict: true))];

    private static V1StatefulSet Set => All.OfType<V1StatefulSet>().Single();

    private static V1PodSpec Pod => Set.Spec.Template.Spec;

    private static V1Container Process => Assert.Single(Pod.Containers);

    [Fact]
    public void A_misspelt_key_would_be_found()
    {
        var text = Repository.Read(Folder + "/statefulset.yaml");

        Assert.ThrowsAny<Exception>(() =>
            KubernetesYaml.LoadAllFromString(text.Replace("readinessProbe:", "readynessProbe:", StringComparison.Ordinal), strict: true));
    }

    [Fact]
    public void Every_file_is_applied() =>
        Assert.Equal(
            Files.Where(file => !IsKustomization(file)).Select(Path.GetFileName),
            Repository.ReadLines(Folder + "/kustomization.yaml").Where(line => line.StartsWith("  - ", StringComparison.Ordinal)).Select(line => line[4..])
                .Order(StringComparer.Ordinal));

    [Fact]
    public void What_the_pod_is_told_is_a_configuration_without_mistakes()
    {
        using var folder = new TempFolder();
        var file = folder.Write("appsettings.json", All.OfType<V1ConfigMap>().Single().Data["appsettings.json"]);
        folder.WriteSecret("postgres.secret", All.OfType<V1Secret>().Single().StringData["postgres.secret"]);
        // As the kubelet does it.
        var environment = Process.Env.Where(one => one.Value is not null).ToDictionary(
            one => one.Name.Replace("__", ":", StringComparison.Ordinal),
            one => (string?)one.Value.Replace("$(POD_IP)", PodAddress, StringComparison.Ordinal));
        var configuration = ConfigurationLoader.Load(file, "Production", folder.Path, environment);
        using var watched = configuration as IDisposable;

        var settings = RvpSettings.Read(configuration, folder.Path);

        Assert.Equal("status.podIP", Process.Env.Single(one => one.Name == "POD_IP").ValueFrom.FieldRef.FieldPath);
        Assert.Equal((true, $"{PodAddress}:12000"), (settings.Cluster.Enabled, settings.Cluster.Listen));
        Assert.Equal(new Uri($"https://{PodAddress}:8081"), settings.Admin.Url);
        Assert.Equal((StorageProvider.Postgres, folder.File("postgres.secret")), (settings.Storage.Provider, settings.Storage.ConnectionStringFile));
        Assert.Equal("http://*:8080", configuration["Urls"]);
        Assert.Equal(
            ("/etc/rvpserver/tls.crt", "/etc/rvpserver/tls.key"),
            (configuration["Kestrel:Certificates:Default:Path"], configuration["Kestrel:Certificates:Default:KeyPath"]));
        Assert.Equal("/etc/rvpserver", Process.VolumeMounts.Single(mount => mount.Name == "configuration").MountPath);
        Assert.Equal(
            [("http", 8080), ("admin", 8081), ("cluster", 12000)], Process.Ports.Select(port => (port.Name, port.ContainerPort)));
    }

    [Fact]
    public void Probes_ask_what_answers_and_readiness_is_not_life()
    {
        Assert.All(
            [Process.StartupProbe, Process.ReadinessProbe, Process.LivenessProbe],
            probe => Assert.Equal(("HTTPS", "admin"), (probe.HttpGet.Scheme, probe.HttpGet.Port.Value)));
        Assert.Equal(
            ["/healthz", "/readyz", "/healthz"],
            new[] { Process.StartupProbe, Process.ReadinessProbe, Process.LivenessProbe }.Select(probe => probe.HttpGet.Path));
    }

    /// <summary>The server ends within 10 s of SIGTERM; before that balancers forget the pod.</summary>
    [Fact]
    public void It_waits_longer_than_the_server_takes_to_stop() =>
        Assert.InRange(Pod.TerminationGracePeriodSeconds!.Value, Process.Lifecycle.PreStop.Sleep.Seconds + 11, 60);

    [Fact]
    public void The_process_may_nothing_that_it_does_not_need()
    {
        Assert.Equal((true, 1654), (Pod.SecurityContext.RunAsNonRoot, Pod.SecurityContext.RunAsUser));
        Assert.Equal("RuntimeDefault", Pod.SecurityContext.SeccompProfile.Type);
        Assert.Equal((false, true), (Process.SecurityContext.AllowPrivilegeEscalation, Process.SecurityContext.ReadOnlyRootFilesystem));
        Assert.Equal(["ALL"], Process.SecurityContext.Capabilities.Drop);
        Assert.False(Pod.AutomountServiceAccountToken);
        Assert.Contains("USER 1654:1654", Repository.ReadLines("deploy/docker/Dockerfile"));
    }

    [Fact]
    public void Members_alone_reach_the_members_port_and_Prometheus_alone_the_admin_port()
    {
        var policy = All.OfType<V1NetworkPolicy>().Single();
        var byPort = policy.Spec.Ingress.ToDictionary(rule => Assert.Single(rule.Ports).Port.Value);

        Assert.Equal(["Ingress"], policy.Spec.PolicyTypes);
        Assert.Equal(["admin", "cluster", "http"], byPort.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Name(Set.Spec.Template.Metadata.Labels), Name(Assert.Single(byPort["cluster"].FromProperty).PodSelector.MatchLabels));
        Assert.Null(Assert.Single(byPort["cluster"].FromProperty).NamespaceSelector);
        Assert.Equal("monitoring", Assert.Single(Assert.Single(byPort["admin"].FromProperty).NamespaceSelector.MatchLabels).Value);
        Assert.Null(byPort["http"].FromProperty);
    }

    [Fact]
    public void All_mean_the_same_pods()
    {
        var services = All.OfType<V1Service>().ToDictionary(service => service.Metadata.Name);
        var members = services[Set.Spec.ServiceName];

        Assert.Equal(3, Set.Spec.Replicas);
        Assert.Equal(("None", true), (members.Spec.ClusterIP, members.Spec.PublishNotReadyAddresses));
        Assert.Equal(80, Assert.Single(services["rvpserver"].Spec.Ports).Port);
        Assert.Equal(("Local", "ClientIP"), (services["rvpserver"].Spec.ExternalTrafficPolicy, services["rvpserver"].Spec.SessionAffinity));
        Assert.Equal("1", All.OfType<V1PodDisruptionBudget>().Single().Spec.MaxUnavailable.Value);
        Assert.All(
            [
                Set.Spec.Selector.MatchLabels, .. services.Values.Select(service => service.Spec.Selector),
                All.OfType<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels, All.OfType<V1NetworkPolicy>().Single().Spec.PodSelector.MatchLabels,
            ],
            selector => Assert.Equal(Name(Set.Spec.Template.Metadata.Labels), Name(selector)));
    }

    private static string Name(IDictionary<string, string> labels) => Assert.Single(labels).Value;

    private static bool IsKustomization(string file) => Path.GetFileName(file) == "kustomization.yaml";
}
