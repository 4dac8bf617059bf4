using RvpServer.Configuration;
using RvpServer.Interop.Ldap;
using RvpServer.Interop.Pidgin;
using Xunit.Abstractions;

namespace RvpServer.Interop.Networks;

/// <summary>
/// The white paper's seven scenarios as it tells them: everybody in the domain im.adatum.com, Jo Brown on imhomeserver1, Kari Hensien on
/// imhomeserver2, and the router between them.
/// </summary>
[Collection(LabTests.Name)]
public sealed class SevenScenariosTests(Lab lab, ITestOutputHelper output) : NetworkPlay(lab, output)
{
    private SlapdServer? directory;

    public override Task InitializeAsync() => Task.CompletedTask;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (directory is not null) await directory.DisposeAsync();
    }

    [Fact]
    public async Task Jo_and_Kari_on_two_home_servers_play_the_seven_scenarios()
    {
        var adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab));

        await SevenScenarios.PlayAsync(Pidgin(adatum, LabOrganisation.Jo, "adatum-client1"), Pidgin(adatum, LabOrganisation.Kari, "adatum-client2"));
    }

    /// <summary>Who they are, where they live and what they prove themselves with is known to dc1 alone.</summary>
    [Fact]
    public async Task They_do_so_with_an_LDAP_directory_too()
    {
        directory = await SlapdServer.StartAsync(Lab["adatum-dc1"]);
        await EnableKariAsync(directory);
        var adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab, directory));

        await SevenScenarios.PlayAsync(
            Pidgin(adatum, LabOrganisation.Jo with { Password = SlapdServer.PeoplePassword }, "adatum-client1"),
            Pidgin(adatum, LabOrganisation.Kari with { Password = SlapdServer.PeoplePassword }, "adatum-client2"));
    }

    /// <summary>The directory has passwords of its own that prove nothing here: one that is set once is good on both home servers.</summary>
    [Fact]
    public async Task They_do_so_with_passwords_that_were_set_once_for_all_home_servers()
    {
        directory = await SlapdServer.StartAsync(Lab["adatum-dc1"]);
        await EnableKariAsync(directory);
        var adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab, directory, directory.WriteSecret("organisation.key", OrganisationKey.Make())));

        await SevenScenarios.PlayAsync(Pidgin(adatum, LabOrganisation.Jo, "adatum-client1"), Pidgin(adatum, LabOrganisation.Kari, "adatum-client2"));
    }

    /// <summary>Kari works at Contoso: all of it crosses the Internet and both firewalls. Jo is known to dc1 alone.</summary>
    [Fact]
    public async Task Jo_and_Kari_of_two_organisations_play_them_too()
    {
        directory = await SlapdServer.StartAsync(Lab["adatum-dc1"]);
        var adatum = await StartAsync(LabOrganisation.StartAdatumAsync(Lab, directory));
        var contoso = await StartAsync(LabOrganisation.StartContosoAsync(Lab));

        await SevenScenarios.PlayAsync(
            Pidgin(adatum, LabOrganisation.Jo with { Password = SlapdServer.PeoplePassword }, "adatum-client1"),
            Pidgin(contoso, LabOrganisation.Kari, "contoso-client1"));
    }

    private static Task EnableKariAsync(SlapdServer directory) => directory.ChangeAsync($"""
        dn: {SlapdServer.Kari}
        changetype: modify
        add: objectClass
        objectClass: msExchIMRecipient
        -
        add: msExchIMMetaPhysicalURL
        msExchIMMetaPhysicalURL: http://im.adatum.com/instmsg/aliases/KariHensien
        -
        add: msExchIMPhysicalURL
        msExchIMPhysicalURL: http://imhomeserver2.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien
        -
        add: msExchIMAddress
        msExchIMAddress: KariHensien@adatum.com

        """);
}
