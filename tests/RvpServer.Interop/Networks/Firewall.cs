namespace RvpServer.Interop.Networks;

/// <summary>What an organisation's firewall does with connections from the Internet to hosts inside. The router itself can always be reached.</summary>
internal enum Passage
{
    /// <summary>They are lost without an answer.</summary>
    Drop,

    /// <summary>They are refused at once.</summary>
    Reject,

    /// <summary>They get through.</summary>
    Open,
}

/// <summary>nftables on an organisation's router.</summary>
internal static class Firewall
{
    /// <summary>Loads the rules in place of the earlier ones.</summary>
    /// <param name="router">The router.</param>
    /// <param name="passage">What is to be done.</param>
    /// <param name="inside">Its interface to the organisation.</param>
    /// <param name="outside">Its interface to the Internet.</param>
    public static async Task SetAsync(Machine router, Passage passage, string inside, string outside)
    {
        var rule = passage switch
        {
            Passage.Open => "accept",
            Passage.Reject => "reject with icmpx type admin-prohibited",
            _ => "drop",
        };
        Commands.OutputOf("nft", await Commands.RunAsync(router.Command("nft", "-f", "-"), $$"""
            table inet lab
            delete table inet lab
            table inet lab {
              chain forward {
                type filter hook forward priority 0; policy drop;
                ct state established,related accept
                iifname "{{inside}}" oifname "{{outside}}" accept
                {{rule}}
              }
              chain leave {
                type nat hook postrouting priority 100;
                iifname "{{inside}}" oifname "{{outside}}" masquerade
              }
            }

            """));
    }
}
