#include "CAssets.h"

static const unsigned char page[] = {
#embed "dashboard/index.html"
};
static const unsigned char script[] = {
#embed "dashboard/app.js"
};
static const unsigned char style[] = {
#embed "dashboard/style.css"
};
static const unsigned char openapi_yaml[] = {
#embed "openapi.yaml"
};
static const unsigned char openapi_json[] = {
#embed "openapi.json"
};

static const portolan_asset assets[] = {
    {"app.js", {script, sizeof script}},
    {"style.css", {style, sizeof style}},
};

portolan_file portolan_dashboard_page(void) {
    return (portolan_file){page, sizeof page};
}

size_t portolan_asset_count(void) {
    return sizeof assets / sizeof assets[0];
}

portolan_asset portolan_asset_at(size_t index) {
    return assets[index];
}

portolan_file portolan_openapi_yaml(void) {
    return (portolan_file){openapi_yaml, sizeof openapi_yaml};
}

portolan_file portolan_openapi_json(void) {
    return (portolan_file){openapi_json, sizeof openapi_json};
}
