#include "CRegistryData.h"

static const unsigned char catalogue[] = {
#embed "catalogue.tsv"
};
static const unsigned char ranges[] = {
#embed "ranges.tsv"
};
static const unsigned char iana[] = {
#embed "iana.tsv"
};
static const unsigned char common[] = {
#embed "common.tsv"
};
static const unsigned char use[] = {
#embed "use.tsv"
};

portolan_table portolan_catalogue_table(void) {
    return (portolan_table){catalogue, sizeof catalogue};
}

portolan_table portolan_ranges_table(void) {
    return (portolan_table){ranges, sizeof ranges};
}

portolan_table portolan_iana_table(void) {
    return (portolan_table){iana, sizeof iana};
}

portolan_table portolan_common_table(void) {
    return (portolan_table){common, sizeof common};
}

portolan_table portolan_use_table(void) {
    return (portolan_table){use, sizeof use};
}
